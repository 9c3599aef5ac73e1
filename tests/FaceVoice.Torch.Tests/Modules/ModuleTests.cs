using FaceVoice.Torch.Modules;
using Xunit;

namespace FaceVoice.Torch.Tests.Modules;

public sealed class ModuleTests
{
    [TorchFact]
    public void StateDict_OfSequential_HasPyTorchsNamesInOrder()
    {
        using Sequential module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.ReLU());

        Assert.Equal(
            ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"],
            module.state_dict().Keys);
    }

    [TorchFact]
    public void Linear_AfterSeed_HasPyTorchsWeights()
    {
        torch.manual_seed(0);
        using Linear layer = torch.nn.Linear(3, 2);

        // torch.manual_seed(0); torch.nn.Linear(3, 2) of PyTorch 1.13 on x86-64
        Assert.Equal([-0.0043225177f, 0.3097158f, -0.4751853f, -0.4248946f, -0.22236897f, 0.15482073f], layer.weight.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([-0.011439145f, 0.45777494f], layer.bias!.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [TorchFact]
    public void BatchNorm_InTraining_MovesTheStoredStatistics()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using BatchNorm1d norm = torch.nn.BatchNorm1d(1);
        Tensor output = norm.forward(torch.tensor([1f, 3], [2, 1]));

        Assert.Equal(1, output.ToArray<float>()[1], 1e-4f);
        Assert.Equal(0.2, norm.running_mean.ToDouble(), 1e-6);
        Assert.Equal(1.1, norm.running_var.ToDouble(), 1e-6);
        Assert.Equal(1, norm.num_batches_tracked.ToInt64());
        norm.eval();
        Assert.Equal((1 - 0.2) / Math.Sqrt(1.1 + 1e-5), norm.forward(torch.tensor([1f], [1, 1])).ToDouble(), 1e-5);
    }

    [TorchFact]
    public void Train_Off_ReachesEveryModuleInside()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Sequential module = torch.nn.Sequential(torch.nn.Sequential(torch.nn.Dropout(0.9)), torch.nn.Identity());
        module.eval();
        Tensor input = torch.ones(100);

        Assert.True(module.forward(input).equal(input));
        Assert.False(input.IsDisposed);
    }

    [TorchFact]
    public void Conv1d_WithReflection_KeepsLengthAndMirrors()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Conv1d layer = torch.nn.Conv1d(1, 1, 3, padding: 1, padding_mode: PaddingModes.Reflect, bias: false);
        torch.nn.init.ones_(layer.weight);

        Assert.Equal([2f + 1 + 2, 1 + 2 + 3, 2 + 3 + 2], layer.forward(torch.tensor([1f, 2, 3], [1, 1, 3])).ToArray<float>());
    }

    [TorchFact]
    public void To_OtherType_ConvertsInPlaceAndTrainsOn()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Linear layer = torch.nn.Linear(2, 1);
        Parameter weight = layer.weight;
        layer.to(ScalarType.Float64);

        layer.forward(torch.ones([1, 2], ScalarType.Float64)).sum().backward();

        Assert.Same(weight, layer.weight);
        Assert.Equal(ScalarType.Float64, weight.dtype);
        Assert.Equal(ScalarType.Float64, weight.grad!.dtype);
    }

    [TorchFact]
    public void RegisterModule_NameTaken_Throws()
    {
        using Sequential module = torch.nn.Sequential(("a", torch.nn.ReLU()));
        Assert.Throws<ArgumentException>("name", () => module.append("a", torch.nn.ReLU()));
    }
}
