using System.Text.Json;
using FaceVoice.Testing;
using FaceVoice.Training.Networks.Joint;
using Xunit;

namespace FaceVoice.Training.Tests.Networks.Joint;

public sealed class ProjectionHeadTests
{
    private static readonly ProjectionHeadOptions Golden = new() { Dropout = 0 };

    [Fact]
    public void Head_OfReferenceWeights_MatchesOutputsAndGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        using ProjectionHead head = Head("a");
        using ProjectionHead other = Head("b");
        Tensor x = GoldenTensors.Npy("head", "x_a.npy").requires_grad_();

        Tensor y = head.Project(x);
        (y * GoldenTensors.Npy("head", "upstream.npy")).sum().backward();

        GoldenTensors.Close(GoldenTensors.Npy("head", "y_a.npy"), y, 1e-5);
        GoldenTensors.Close(GoldenTensors.Npy("head", "y_b.npy"), other.Project(GoldenTensors.Npy("head", "x_b.npy")), 1e-5);
        GoldenTensors.Close(GoldenTensors.Npy("head", "grad_x_a.npy"), x.grad!, 1e-5);
        Dictionary<string, Tensor> gradients = GoldenTensors.Npz("head", "grads_a.npz");
        foreach ((string name, Parameter parameter) in head.named_parameters())
        {
            GoldenTensors.Close(gradients[name.Replace('.', '_')], parameter.grad!, 1e-4);
        }
    }

    [Theory]
    [InlineData("adamw.json", 1e-4, true)]
    [InlineData("adamw_wd0p1.json", 0.1, false)]
    public void AdamW_FiveSteps_MatchReferenceTrace(string file, double weightDecay, bool outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(ReferenceData.Golden("head", file)));
        using DualEncoder model = new(Head("a"), Head("b"));
        nn.init.constant_(model.Loss.LogTemperature, document.RootElement.GetProperty("initial_log_temperature").GetDouble());
        Parameter[] parameters = [.. model.parameters()];
        using AdamW optimizer = optim.AdamW(parameters, lr: 1e-3, weight_decay: weightDecay);
        Tensor faces = GoldenTensors.Npy("head", "x_a.npy");
        Tensor voices = GoldenTensors.Npy("head", "x_b.npy");

        foreach (JsonElement step in document.RootElement.GetProperty("steps").EnumerateArray())
        {
            model.zero_grad();
            Tensor loss = model.Compute(faces, voices).Loss;
            loss.backward();
            double norm = nn.utils.clip_grad_norm_(parameters, 1.0);
            double gradient = model.Loss.LogTemperature.grad!.ToDouble();
            optimizer.step();

            Assert.Equal(step.GetProperty("loss_before").GetDouble(), loss.ToDouble(), 1e-5);
            Assert.Equal(step.GetProperty("grad_norm_before_clip").GetDouble(), norm, 1e-4);
            Assert.Equal(step.GetProperty("grad_log_temperature_after_clip").GetDouble(), gradient, 1e-5);
            Assert.Equal(step.GetProperty("loss_after").GetDouble(), model.Compute(faces, voices).Loss.ToDouble(), 1e-5);
            Assert.Equal(step.GetProperty("log_temperature_after").GetDouble(), model.Loss.LogTemperature.ToDouble(), 1e-5);
        }

        CompareFinal(document.RootElement.GetProperty("final_parameters"), model);
        if (outputs)
        {
            GoldenTensors.Close(GoldenTensors.Npy("head", "y_a_after5.npy"), model.FaceHead.Project(faces), 2e-4);
            GoldenTensors.Close(GoldenTensors.Npy("head", "y_b_after5.npy"), model.VoiceHead.Project(voices), 2e-4);
        }
    }

    [Fact]
    public void Forward_OfAnyHead_HasUnitLength()
    {
        using DisposeScope scope = NewDisposeScope();
        using ProjectionHead deep = new();
        using ProjectionHead shallow = new(ProjectionHeadOptions.Shallow(32, 16));

        Assert.All(deep.forward(randn(8, 512)).norm(1).ToArray<float>(), norm => Assert.Equal(1, norm, 1e-5f));
        Assert.All(shallow.forward(randn(8, 32)).norm(1).ToArray<float>(), norm => Assert.Equal(1, norm, 1e-5f));
        Assert.Equal(["fc1.weight", "fc1.bias"], shallow.state_dict().Keys);
        Assert.Equal(["fc1.weight", "fc1.bias", "ln1.weight", "ln1.bias"], deep.state_dict().Keys.Take(4));
    }

    [Fact]
    public void Head_InEvaluation_DropsNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using ProjectionHead head = new(new ProjectionHeadOptions { Dropout = 0.5 });
        Tensor x = randn(4, 512);

        Assert.NotEqual(head.forward(x).ToArray<float>(), head.forward(x).ToArray<float>());
        head.eval();
        Assert.Equal(head.forward(x).ToArray<float>(), head.forward(x).ToArray<float>());
    }

    /// <summary>x and 4x leave the first layer norm alike, until its layer has a bias of their size.</summary>
    [Fact]
    public void KeepInputLength_MakesTheOutputDependOnIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using ProjectionHead head = new();
        head.eval();
        Tensor x = randn(64, 512);
        float before = Alike(head, x);
        head.KeepInputLength(1);
        float after = Alike(head, x);

        Assert.True(before > 0.99, $"{before}");
        Assert.True(after < 0.9, $"{after}");
        Assert.Equal(2 / Math.Sqrt(3), head.state_dict()["fc1.bias"].norm().ToDouble() / Math.Sqrt(512), 0.15);
        Assert.Throws<ArgumentOutOfRangeException>(() => head.KeepInputLength(double.NaN));

        static float Alike(ProjectionHead head, Tensor x) => head.forward(x).mul(head.forward(x.mul(4))).sum(1).mean().ToSingle();
    }

    [Fact]
    public void KeepInputLength_OfAShallowHead_ChangesNothing()
    {
        using ProjectionHead shallow = new(ProjectionHeadOptions.Shallow(32, 16));
        float[] before = shallow.state_dict()["fc1.bias"].ToArray<float>();
        shallow.KeepInputLength(1);
        Assert.Equal(before, shallow.state_dict()["fc1.bias"].ToArray<float>());
    }

    private static ProjectionHead Head(string side)
    {
        ProjectionHead head = new(Golden);
        using DisposeScope scope = NewDisposeScope();
        head.load_state_dict(GoldenTensors.Npz("head", $"init_{side}.npz").ToDictionary(item => item.Key.Replace('_', '.'), item => item.Value));
        return head;
    }

    private static void CompareFinal(JsonElement expected, DualEncoder model)
    {
        foreach (JsonProperty item in expected.EnumerateObject())
        {
            Tensor? actual = Find(model, item.Name);
            if (actual is null)
            {
                Assert.Fail($"no parameter for {item.Name}");
            }

            Assert.Equal(item.Value.GetProperty("sum").GetDouble(), actual.to(ScalarType.Float64).sum().ToDouble(), 1e-3);
            Assert.Equal(item.Value.GetProperty("l2").GetDouble(), actual.to(ScalarType.Float64).norm().ToDouble(), 5e-5);
            Assert.Equal(item.Value.GetProperty("abs_max").GetDouble(), actual.abs().max().ToDouble(), 5e-6);
        }
    }

    private static Tensor? Find(DualEncoder model, string name)
    {
        if (name.Contains("temperature", StringComparison.Ordinal))
        {
            return model.Loss.LogTemperature;
        }

        // The reference says a_fc1_weight or a.fc1_weight.
        ProjectionHead head = name[0] == 'a' ? model.FaceHead : model.VoiceHead;
        string key = name[2..].Replace('_', '.');
        return head.state_dict().GetValueOrDefault(key);
    }
}
