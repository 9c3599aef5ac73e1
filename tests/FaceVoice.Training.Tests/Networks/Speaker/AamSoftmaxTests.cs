using FaceVoice.Training.Networks.Speaker;
using Xunit;

namespace FaceVoice.Training.Tests.Networks.Speaker;

public sealed class AamSoftmaxTests
{
    [Fact]
    public void Loss_OfKnownAngles_MatchesByHand()
    {
        using DisposeScope scope = NewDisposeScope();
        using AamSoftmax loss = new(2, 2, scale: 10, margin: 0.2);
        using (no_grad())
        {
            loss.Weight.copy_(tensor(new float[] { 2, 0, 0, 3 }, [2, 2]));
        }

        // 30 degrees from the right direction, 60 from the other one.
        Tensor embedding = tensor(new[] { (float)Math.Cos(Math.PI / 6), (float)Math.Sin(Math.PI / 6) }, [1, 2]) * 7;
        double right = 10 * Math.Cos(Math.PI / 6 + 0.2);
        double other = 10 * Math.Cos(Math.PI / 3);

        Assert.Equal(Math.Log(1 + Math.Exp(other - right)), loss.forward(embedding, tensor(new[] { 0L })).ToDouble(), 1e-5);
    }

    [Fact]
    public void Loss_BeyondAHalfTurn_GoesOnRising()
    {
        using DisposeScope scope = NewDisposeScope();
        using AamSoftmax loss = new(2, 2, margin: 0.5);
        using (no_grad())
        {
            loss.Weight.copy_(tensor(new float[] { 1, 0, 0, 1 }, [2, 2]));
        }

        double[] losses = [.. Enumerable.Range(1, 20).Select(n => Math.PI * (0.75 + n * 0.0124)).Select(angle =>
            loss.Loss(tensor(new[] { (float)Math.Cos(angle), 0f }, [1, 2]), tensor(new[] { 0L })).ToDouble())];

        Assert.Equal(losses.Order(), losses);
    }

    [Fact]
    public void Loss_WithoutMargin_IsScaledSoftmax()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        using AamSoftmax loss = new(8, 5) { Margin = 0 };
        Tensor embeddings = randn(4, 8);
        Tensor labels = tensor(new[] { 0L, 1, 2, 4 });

        double expected = nn.functional.cross_entropy(loss.Cosines(embeddings) * 30, labels).ToDouble();
        Assert.Equal(expected, loss.forward(embeddings, labels).ToDouble(), 1e-5);
    }

    [Fact]
    public void Loss_ExactlyOnTheDirection_HasFiniteGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using AamSoftmax loss = new(3, 2);
        Tensor embedding = loss.Weight.detach().clone().narrow(0, 0, 1).requires_grad_();

        loss.forward(embedding, tensor(new[] { 0L })).backward();

        Assert.All(embedding.grad!.ToArray<float>(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Loss_OfRandomRows_PassesGradientCheck()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(2);
        using AamSoftmax loss = new AamSoftmax(6, 4, labelSmoothing: 0.05).to(ScalarType.Float64);
        Tensor labels = tensor(new[] { 0L, 3, 1 });
        GradientCheck.Run(randn([3, 6], dtype: ScalarType.Float64), x => loss.forward(x, labels));
    }
}
