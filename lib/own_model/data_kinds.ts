/** What `--data` may name beside the data sets of the download stage. */
export const DATA_FILES =
  ".npz, .npy, .csv, .tsv, .parquet, .safetensors, IDX, Basin's own, or a " +
  "folder with a folder of images for each class";
