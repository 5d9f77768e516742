"""The layers of F1, C1 and C2, for the peers of networks.ts: convolutions, dense layers, pools,
and dropout rates in training. Batch norm (eps 1e-3) and ReLU follow each linear layer but the last.
"""
VGG = [(64, 0.3), (64, 0), None, (128, 0.4), (128, 0), None]
VGG += [(256, 0.4), (256, 0.4), (256, 0), None] + 2 * [(512, 0.4), (512, 0.4), (512, 0), None]


def layers(name):
    """Input shape, and triples (kind, size, option)."""
    if name == "F1":
        return (784,), 5 * [("dense", 512, None)] + [("logits", 10, None)]
    if name == "C1":
        block = [("conv", 64, 5), ("pool", 3, 2)]
        top = [("dense", 384, None), ("drop", 0.5, None), ("dense", 192, None), ("drop", 0.5, None)]
        return (32, 32, 3), 2 * block + top + [("logits", 10, None)]
    convs = []
    for entry in VGG:
        convs += [("conv", entry[0], 3), ("drop", entry[1], None)] if entry else [("pool", 2, 2)]
    top = [("drop", 0.5, None), ("dense", 512, None), ("drop", 0.5, None), ("logits", 10, None)]
    return (32, 32, 3), [layer for layer in convs if layer != ("drop", 0, None)] + top


BATCH = {"F1": 256, "C1": 128, "C2": 128}
EPSILON = 1e-3
# Rows and columns of the product by which a library's best rate is measured.
SIDE = 1024
