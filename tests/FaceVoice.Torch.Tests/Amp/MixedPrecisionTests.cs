using FaceVoice.Torch.Amp;
using FaceVoice.Torch.Modules;
using FaceVoice.Torch.Optim;
using Xunit;

namespace FaceVoice.Torch.Tests.Amp;

public sealed class MixedPrecisionTests
{
    [TorchFact]
    public void Autocast_OnCpu_ComputesProductsInBFloat16AndRestores()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Linear layer = torch.nn.Linear(8, 4);
        Tensor input = torch.randn(2, 8);
        Tensor inside;
        using (torch.autocast(DeviceType.CPU))
        {
            inside = layer.forward(input);
            using (torch.autocast(DeviceType.CPU, enabled: false))
            {
                Assert.Equal(ScalarType.Float32, layer.forward(input).dtype);
            }
        }

        Assert.Equal(ScalarType.BFloat16, inside.dtype);
        Assert.Equal(ScalarType.Float32, layer.forward(input).dtype);
        inside.@float().sum().backward();
        Assert.Equal(ScalarType.Float32, layer.weight.grad!.dtype);
    }

    [TorchFact]
    public void Autocast_Float16OnCpu_IsRefused() =>
        Assert.Throws<ArgumentException>(() =>
        {
            using Autocast mode = torch.autocast(DeviceType.CPU, ScalarType.Float16);
        });

    [TorchFact]
    public void GradScaler_GoodAndBadSteps_AdaptsTheScale()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Parameter parameter = new(torch.ones(1));
        using Optimizer optimizer = torch.optim.SGD([parameter], 0.5);
        GradScaler scaler = torch.amp.GradScaler(init_scale: 8, growth_interval: 2);

        Assert.True(Step(1));
        Assert.Equal(0.5, parameter.ToDouble());
        Assert.False(Step(double.PositiveInfinity));
        Assert.Equal(0.5, parameter.ToDouble());
        Assert.Equal(4, scaler.get_scale());
        Assert.True(Step(0));
        Assert.True(Step(0));
        Assert.Equal(8, scaler.get_scale());

        bool Step(double slope)
        {
            optimizer.zero_grad();
            scaler.scale((parameter * slope).sum()).backward();
            bool finite = scaler.unscale_(optimizer);
            Assert.Equal(finite, scaler.step(optimizer));
            scaler.update();
            return finite;
        }
    }
}
