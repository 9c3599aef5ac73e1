using Xunit;

namespace FaceVoice.Torch.Tests;

public sealed class TensorTests
{
    [TorchFact]
    public void Tensor_FromSpan_RoundTrips()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        float[] values = [1, 2, 3, 4, 5, 6];

        Tensor tensor = torch.tensor(values, [2, 3]);

        Assert.Equal([2, 3], tensor.shape);
        Assert.Equal(ScalarType.Float32, tensor.dtype);
        Assert.Equal(values, tensor.ToArray<float>());
        Assert.Equal([1f, 4, 2, 5, 3, 6], tensor.t().ToArray<float>());
    }

    [TorchFact]
    public void Tensor_WrongNumberOfValues_Throws() =>
        Assert.Throws<ArgumentException>(() => torch.tensor([1f, 2f], [3]));

    [TorchFact]
    public void ToArray_WrongType_Throws()
    {
        using Tensor tensor = torch.zeros(2);
        Assert.Throws<InvalidOperationException>(() => tensor.ToArray<double>());
    }

    [TorchFact]
    public void Arithmetic_WithBroadcasting_MatchesByHand()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor a = torch.tensor([1f, 2, 3, 4], [2, 2]);
        Tensor b = torch.tensor(10f, 20);

        Assert.Equal([11f, 22, 13, 24], (a + b).ToArray<float>());
        Assert.Equal([9f, 8, 7, 6], (10 - a).ToArray<float>());
        Assert.Equal([0.1f, 0.1f, 0.3f, 0.2f], (a / b).ToArray<float>());
        Assert.Equal([1f, 0.5f, 1 / 3f, 0.25f], (1.0 / a).ToArray<float>());
        Assert.Equal([50f, 110], a.matmul(b).ToArray<float>());
        Assert.Equal([3f, 7], a.sum(1).ToArray<float>());
        Assert.Equal([1L, 1], a.argmax(1).ToArray<long>());
    }

    [TorchFact]
    public void Backward_OfScalar_GivesGradient()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor x = torch.tensor([2f, 3f], [2], requires_grad: true);

        (x * x * x).sum().backward();

        Assert.Equal([12f, 27f], x.grad!.ToArray<float>());
    }

    [TorchFact]
    public void NoGrad_Inside_RecordsNothing()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor x = torch.ones([1], null, requires_grad: true);
        Tensor y;
        using (torch.no_grad())
        {
            y = x * 2;
        }

        Assert.False(y.requires_grad);
        Assert.True((x * 2).requires_grad);
    }

    [TorchFact]
    public void Operator_WrongShapes_NamesOperatorAndSaysWhyShortly()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        TorchException error = Assert.Throws<TorchException>(() => torch.ones(2, 3).matmul(torch.ones(2, 3)));

        Assert.Equal("aten::matmul", error.Operation);
        Assert.Contains("2x3 and 2x3", error.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [TorchFact]
    public void Tensor_AfterDispose_Throws()
    {
        Tensor tensor = torch.ones(1);
        tensor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tensor + 1);
    }

    [TorchFact]
    public void RngState_PutBack_RepeatsTheNumbers()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.manual_seed(7);
        Tensor state = torch.get_rng_state();
        float[] first = torch.randn(5).ToArray<float>();
        torch.set_rng_state(state);

        Assert.Equal(first, torch.randn(5).ToArray<float>());
    }

    [TorchFact]
    public void To_DeviceThatIsNotThere_SaysWhatIs()
    {
        if (torch.cuda.device_count() > 15)
        {
            return;
        }

        using Tensor tensor = torch.ones(1);
        TorchException error = Assert.Throws<TorchException>(() => tensor.to(torch.device("cuda:15")));
        Assert.Contains("CUDA devices on this machine", error.Message, StringComparison.Ordinal);
    }
}
