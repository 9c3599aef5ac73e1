using System.Text.Json;
using FaceVoice.Testing;
using FaceVoice.Training.Networks.Joint;
using Xunit;

namespace FaceVoice.Training.Tests.Networks.Joint;

public sealed class ContrastiveLossTests
{
    [Theory]
    [InlineData("pair")]
    [InlineData("multi")]
    [InlineData("pair_low")]
    [InlineData("pair_high")]
    [InlineData("multi_mid")]
    public void InfoNce_OfReferenceCase_MatchesLossAndGradients(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement expected = Case(name);
        Dictionary<string, Tensor> gradients = GoldenTensors.Npz("infonce", "grads.npz");
        Tensor a = GoldenTensors.Npy("infonce", "a.npy").requires_grad_();
        Tensor b = GoldenTensors.Npy("infonce", "b.npy").requires_grad_();
        Tensor? identities = name.StartsWith("multi", StringComparison.Ordinal) ? GoldenTensors.Npy("infonce", "ids.npy") : null;
        using InfoNceLoss loss = new();
        nn.init.constant_(loss.LogTemperature, expected.GetProperty("log_temperature").GetDouble());

        ContrastiveResult result = loss.Compute(a, b, identities);
        result.Loss.backward();

        const double Tolerance = 2e-6;
        Assert.Equal(expected.GetProperty("temperature").GetDouble(), loss.Temperature, Tolerance);
        Assert.Equal(expected.GetProperty("loss").GetDouble(), result.Loss.ToDouble(), Tolerance);
        Assert.Equal(expected.GetProperty("loss_a_to_b").GetDouble(), result.FirstToSecond.ToDouble(), Tolerance);
        Assert.Equal(expected.GetProperty("loss_b_to_a").GetDouble(), result.SecondToFirst.ToDouble(), Tolerance);
        Assert.Equal(expected.GetProperty("grad_log_temperature").GetDouble(), loss.LogTemperature.grad!.ToDouble(), Tolerance);
        GoldenTensors.Close(gradients[$"{name}_logits"], result.Logits, 1e-5);
        GoldenTensors.Close(gradients[$"{name}_grad_a"], a.grad!, 1e-7);
        GoldenTensors.Close(gradients[$"{name}_grad_b"], b.grad!, 1e-7);
    }

    [Fact]
    public void InfoNce_TemperatureOutsideClamp_HasExactlyNoGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using InfoNceLoss loss = new();
        nn.init.constant_(loss.LogTemperature, Math.Log(0.01));

        loss.forward(randn(4, 8), randn(4, 8)).backward();

        Assert.Equal(0, loss.LogTemperature.grad!.ToDouble());
    }

    [Fact]
    public void InfoNce_IdentitiesAllDifferent_EqualsPairKind()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        (Tensor a, Tensor b) = (randn(6, 16), randn(6, 16));
        using InfoNceLoss loss = new(new ContrastiveLossOptions { LabelSmoothing = 0.1 });

        Assert.Equal(loss.Compute(a, b).Loss.ToDouble(), loss.Compute(a, b, arange(6)).Loss.ToDouble(), 1e-6);
    }

    [Fact]
    public void InfoNce_OnlySameGroup_EqualsLossOfTheGroupAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(2);
        (Tensor a, Tensor b) = (randn(6, 16), randn(6, 16));
        using InfoNceLoss inGroup = new(new ContrastiveLossOptions { SameGroupWeight = double.PositiveInfinity });
        using InfoNceLoss plain = new();

        double loss = inGroup.Compute(a, b, groups: tensor(new[] { 0L, 0, 0, 1, 1, 1 })).Loss.ToDouble();
        double first = plain.Compute(a.narrow(0, 0, 3), b.narrow(0, 0, 3)).Loss.ToDouble();
        double second = plain.Compute(a.narrow(0, 3, 3), b.narrow(0, 3, 3)).Loss.ToDouble();

        Assert.Equal((first + second) / 2, loss, 1e-5);
    }

    [Fact]
    public void InfoNce_SameGroupCountedTwice_EqualsDuplicatedNegatives()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        (Tensor a, Tensor b) = (randn(3, 8), randn(3, 8));
        using InfoNceLoss loss = new(new ContrastiveLossOptions { SameGroupWeight = 2 });

        Tensor logits = loss.Compute(a, b, groups: tensor(new[] { 0L, 0, 1 })).Logits;
        double actual = loss.Compute(a, b, groups: tensor(new[] { 0L, 0, 1 })).FirstToSecond.ToDouble();

        // Row 0 has column 1 as its group's negative and row 1 column 0: each stands twice in the denominator.
        float[] z = logits.ToArray<float>();
        double expected = (Row(z[0], z[1], z[1], z[2]) + Row(z[4], z[3], z[3], z[5]) + Row(z[8], z[6], z[7])) / 3;
        Assert.Equal(expected, actual, 1e-5);

        static double Row(float positive, params float[] negatives) =>
            Math.Log(Math.Exp(positive) + negatives.Sum(z => Math.Exp(z))) - positive;
    }

    [Fact]
    public void InfoNce_QueueOfTheRest_EqualsTheWholeBatchForItsRows()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(4);
        (Tensor a, Tensor b) = (randn(8, 16), randn(8, 16));
        Tensor identities = tensor(new[] { 0L, 1, 2, 3, 0, 4, 5, 6 });
        using InfoNceLoss loss = new();
        using EmbeddingQueue queue = new(4, 16);
        queue.Enqueue(a.narrow(0, 4, 4), b.narrow(0, 4, 4), identities.narrow(0, 4, 4));

        Tensor logits = loss.Compute(a, b).Logits;
        Tensor targets = identities.unsqueeze(1).eq(identities).to(ScalarType.Float32);
        targets = targets / targets.sum(1, keepdim: true);
        double expected = (targets * logits.log_softmax(1)).sum(1).neg().narrow(0, 0, 4).mean().ToDouble();

        double actual = loss.Compute(a.narrow(0, 0, 4), b.narrow(0, 0, 4), identities.narrow(0, 0, 4), queue: queue).FirstToSecond.ToDouble();
        Assert.Equal(expected, actual, 1e-5);
    }

    [Fact]
    public void EmbeddingQueue_FullAndTrainedThrough_KeepsTheNewestAndLeavesGradientsAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        ProjectionHeadOptions options = new() { InputDimension = 8, HiddenDimensions = [8], OutputDimension = 4 };
        using DualEncoder model = new(new ProjectionHead(options), new ProjectionHead(options));
        using EmbeddingQueue queue = new(6, 4);
        for (long step = 0; step < 3; step++)
        {
            Tensor identities = arange(step * 4, (step * 4) + 4);
            model.Compute(randn(4, 8), randn(4, 8), identities, queue: queue).Loss.backward();
        }

        Assert.Equal(6, queue.Count);
        Assert.Equal([6L, 7, 8, 9, 10, 11], queue.Identities.ToArray<long>().Order());
        Assert.False(queue.First.requires_grad);
        Assert.All(queue.First.norm(1).ToArray<float>(), norm => Assert.Equal(1, norm, 1e-5f));
    }

    [Fact]
    public void SigmoidLoss_OfTwoPairs_MatchesByHand()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(new[] { 1f, 0, 0, 1 }, [2, 2]);
        Tensor b = tensor(new[] { 1f, 0, 1, 0 }, [2, 2]);
        using SigmoidLoss loss = new();

        // Cosines: [1 1; 0 0], over temperature 0.1, bias -10.
        double positive = -Math.Log(Sigmoid(10 - 10)) - Math.Log(Sigmoid(0 - 10));
        double negative = -Math.Log(Sigmoid(-(10 - 10))) - Math.Log(Sigmoid(-(0 - 10)));

        Assert.Equal((positive + negative) / 2, loss.forward(a, b).ToDouble(), 1e-5);

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }

    [Fact]
    public void Losses_OfRandomRows_PassGradientCheck()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(6);
        Tensor b = randn([5, 6], dtype: ScalarType.Float64);
        Tensor identities = tensor(new[] { 0L, 1, 0, 2, 3 });
        Tensor groups = tensor(new[] { 0L, 0, 1, 1, 1 });
        ContrastiveLossOptions options = new() { LabelSmoothing = 0.1, SameGroupWeight = 3 };
        using ContrastiveLoss infoNce = new InfoNceLoss(options).to(ScalarType.Float64);
        using ContrastiveLoss sigmoid = new SigmoidLoss(options).to(ScalarType.Float64);

        foreach (ContrastiveLoss loss in new[] { infoNce, sigmoid })
        {
            GradientCheck.Run(randn([5, 6], dtype: ScalarType.Float64), x => loss.Compute(x, b, identities, groups).Loss);
            GradientCheck.Run(loss.LogTemperature.detach().clone(), x =>
            {
                using (no_grad())
                {
                    loss.LogTemperature.copy_(x);
                }

                return loss.Compute(b, b.roll(1, 0), identities, groups).Loss;
            }, () => loss.LogTemperature);
        }
    }

    [Fact]
    public void Compute_MissingIdentitiesOrGroups_SaysWhy()
    {
        using DisposeScope scope = NewDisposeScope();
        using InfoNceLoss weighted = new(new ContrastiveLossOptions { SameGroupWeight = 2 });
        using InfoNceLoss plain = new();
        using EmbeddingQueue queue = new(4, 8);

        Assert.Throws<ArgumentException>("groups", () => weighted.Compute(randn(4, 8), randn(4, 8)));
        Assert.Throws<ArgumentException>("identities", () => plain.Compute(randn(4, 8), randn(4, 8), queue: queue));
        Assert.Throws<ArgumentException>("second", () => plain.Compute(randn(4, 8), randn(3, 8)));
    }

    private static JsonElement Case(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(ReferenceData.Golden("infonce", "infonce.json")));
        JsonElement root = document.RootElement.Clone();
        return root.TryGetProperty("cases", out JsonElement cases) ? cases.GetProperty(name) : root.GetProperty(name);
    }
}
