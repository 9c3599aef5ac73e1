using FaceVoice.Torch.Modules;
using FaceVoice.Torch.Optim;
using Xunit;

namespace FaceVoice.Torch.Tests;

public sealed class MemoryTests
{
    [TorchFact]
    public void Training_ThousandsOfSteps_KeepsLiveTensorsAndMemoryFlat()
    {
        using Sequential model = torch.nn.Sequential(
            torch.nn.Linear(64, 64), torch.nn.BatchNorm1d(64), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(64, 8));
        using Optimizer optimizer = torch.optim.AdamW(model.parameters(), lr: 1e-3);
        Steps(model, optimizer, 300);
        Collect();
        long tensors = Tensor.TotalCount;
        long memory = Environment.WorkingSet;

        Steps(model, optimizer, 3000);

        // No collection here: the scopes alone must have freed everything.
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.InRange(Environment.WorkingSet - memory, long.MinValue, 32L << 20);
    }

    [TorchFact]
    public void DisposeScope_Closed_FreesWhatWasNotMovedOut()
    {
        Collect();
        long before = Tensor.TotalCount;
        Tensor kept;
        using (DisposeScope scope = torch.NewDisposeScope())
        {
            Tensor x = torch.ones(3);
            using (DisposeScope inner = torch.NewDisposeScope())
            {
                Tensor y = (x + 1).MoveToOuterDisposeScope();
                kept = (y * 2).DetachFromDisposeScope();
                Assert.Equal(0, inner.Count);
            }

            Assert.Equal(2, scope.Count);
        }

        Assert.Equal(before + 1, Tensor.TotalCount);
        Assert.Equal([4f, 4, 4], kept.ToArray<float>());
        kept.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [TorchFact]
    public void DisposeScope_ClosedOutOfOrderOrElsewhere_Throws()
    {
        DisposeScope outer = torch.NewDisposeScope();
        DisposeScope inner = torch.NewDisposeScope();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        Exception? elsewhere = null;
        Thread thread = new(() => elsewhere = Record.Exception(inner.Dispose));
        thread.Start();
        thread.Join();

        Assert.IsType<InvalidOperationException>(elsewhere);
        inner.Dispose();
        outer.Dispose();
    }

    [TorchFact]
    public void Operator_ThatFails_LeaksNothing()
    {
        using Tensor a = torch.ones(2, 3);
        Collect();
        long before = Tensor.TotalCount;
        for (int n = 0; n < 100; n++)
        {
            Assert.Throws<TorchException>(() => a.matmul(a));
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static void Steps(Sequential model, Optimizer optimizer, int count)
    {
        for (int n = 0; n < count; n++)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            Tensor loss = torch.nn.functional.cross_entropy(model.forward(torch.randn(16, 64)), torch.randint(0, 8, [16]));
            loss.backward();
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1);
            optimizer.step();
        }
    }

    private static void Collect()
    {
        for (int n = 0; n < 2; n++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
