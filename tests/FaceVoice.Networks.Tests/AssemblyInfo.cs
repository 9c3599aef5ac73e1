using Xunit;

// Random numbers, the thread count and the number of live tensors are the process's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
