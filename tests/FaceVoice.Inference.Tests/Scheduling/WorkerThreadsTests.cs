using FaceVoice.Inference.Scheduling;

namespace FaceVoice.Inference.Tests.Scheduling;

public sealed class WorkerThreadsTests
{
    [Fact]
    public async Task RunAsync_Work_RunsBehindTheOtherThreads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads have a niceness of their own on Linux alone.");
        using var threads = new WorkerThreads(1);

        var niceness = await threads.RunAsync(() => BackgroundPriority.Niceness(0, 0));

        Assert.Equal(Math.Min(19, BackgroundPriority.Niceness(0, 0) + BackgroundPriority.Steps), niceness);
    }

    [Fact]
    public async Task RunAsync_WorkFails_TheNextRuns()
    {
        using var threads = new WorkerThreads(1);

        await Assert.ThrowsAsync<InvalidDataException>(() => threads.RunAsync<int>(() => throw new InvalidDataException()));

        Assert.Equal(7, await threads.RunAsync(() => 7));
    }
}
