"""The benchmarks: one file each, found by its SPEC, run by `wangge bench NAME` with its peers in the same run."""
