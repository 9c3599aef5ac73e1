// LibTorch has one random generator for the whole process: two trainings at once would draw from one another's sequence, and a run that
// was seeded would no longer repeat.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
