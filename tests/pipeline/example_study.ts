/** The whole grammar of `pipeline.yaml` in one study, the shape of the real one. */
export const EXAMPLE_STUDY = `
version: 1
seed: 20170209            # the parameter \`seed\` of every stage that declares one

params:                   # groups of parameters; stages and labels name them
  data: { source: mnist }
  training: { learningRate: 1e-3, evaluationBatch: 5000 }
  sb: { batch: 256, epochs: 20 }
  lb: { batch: 10%, epochs: 40 }
  metric: { protocol: paper, evaluationBatch: 5000 }
  spectrum: { dimension: 100, evaluationBatch: 5000 }

axes:
  network: [F1, C1]                   # a list: the parameter \`network\`, one value a cell
  trial: { range: [0, 5] }            # 0, 1, 2, 3, 4
  eps: [1e-3, 5e-4]
  warmEpochs: [0, 5]
  regime:                             # labels: each brings groups and parameters
    SB: { use: sb }
    LB: { use: lb }
  space:
    full: {}
    subspace: { dimension: 100, distribution: gaussian }

stages:
  download:
    run: download.ts                  # its default export is defineStage({ … })
    params: [data]                    # what it lists here, its schema has to declare
    outputs: { train: train.bin, test: test.bin }
  train:
    run: train.ts
    matrix: [network, regime, trial]  # 2 × 2 × 5 cells
    params: [training, { keepIterates: [0, 5] }]
    inputs: { train: download.train } # a stage without axes: nothing to join
    outputs: { weights: weights.safetensors, iterates: iterates/ }   # a trailing / is a folder
    engine: true                      # engine and threads enter its keys
    resources: { cpus: 1, memory: 2GB }
    exclude: [{ network: C1, trial: 4 }]
    include: [{ network: C1, regime: LB, trial: 4, epochs: 80 }]
  warm_start:
    run: train.ts
    matrix: [network, trial, warmEpochs]
    params: [training, lb]
    inputs: { iterates: "train[regime=SB].iterates" }  # network and trial join, regime is fixed
    exclude: [{ network: C1 }]
    outputs: { weights: weights.safetensors }
  sharpness:
    run: sharpness.ts
    matrix: [network, regime, trial, eps, space]
    params: [metric]
    inputs: { weights: train.weights }                 # network, regime and trial join
    exclude: [{ network: C1, regime: SB, trial: 4 }]
    outputs: { metrics: metrics.json }
  ritz:
    run: ritz.ts
    matrix: [network, trial]
    params: [spectrum]
    exclude: [{ network: C1, trial: 4 }]
    inputs: { weights: "train[regime=*].weights" }     # regime is collected, the rest joins
    outputs: { metrics: metrics.json }
  tables:
    run: tables.ts
    inputs: { sharpness: "sharpness[*].metrics", ritz: "ritz[*].metrics" }  # everything
    outputs: { terminal: terminal.md }                 # \`run\` prints the output \`terminal\`

profiles:
  smoke:
    params: { sb: { epochs: 1 }, lb: { epochs: 1 } }
    axes: { network: [F1], trial: [0], warmEpochs: [0] }
    stages:
      train: { include: [] }
      sharpness: { matrix: [network, regime, trial, eps] }
`;
