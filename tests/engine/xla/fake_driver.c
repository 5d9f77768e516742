/* NVIDIA's driver library, as far as it says which version of CUDA it runs. */
int cuDriverGetVersion(int *version) {
  *version = VERSION;
  return 0;
}
