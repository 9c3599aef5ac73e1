// Process counts and timings are asserted: the machine is this suite's own while it runs.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
