using System.Text.Json;
using FaceVoice.Models;
using FaceVoice.Testing;
using FaceVoice.Training.Heads;

namespace FaceVoice.Training.Tests.Heads;

/// <summary>Five steps of heads, loss, clipping and AdamW against PyTorch's: losses within 1e-5, gradient norm 1e-4.</summary>
public sealed class GoldenTrainingStepTests
{
    [Theory]
    [InlineData("adamw.json", 1e-4)]
    [InlineData("adamw_wd0p1.json", 0.1)]
    public void Step_FiveTimes_EqualsReference(string file, double weightDecay)
    {
        using var scene = new TrainingScene();
        var steps = JsonDocument.Parse(File.ReadAllText(ReferenceData.Golden("head", file))).RootElement.GetProperty("steps");
        var options = new DualTrainingOptions { BatchSize = 16, Dropout = 0, WeightDecay = weightDecay, GradClipNorm = 1, LearningRate = 1e-3 };
        using var model = new DualModel(options, new(512, 1), new(512, 1));
        model.Load(Weights());
        var rows = Enumerable.Range(0, 16).ToArray();
        for (var s = 0; s < 5; s++)
        {
            var report = model.Step(new()
            {
                Step = s,
                Faces = GoldenArray.Floats("head", "x_a.npy"),
                Voices = GoldenArray.Floats("head", "x_b.npy"),
                VoiceSamples = rows,
                Groups = [.. rows],
                Genders = new long[16],
                LearningRate = 1e-3,
                OpensWindow = true,
                ClosesWindow = true,
                WantsEmbeddings = false,
            });
            Assert.Null(report.Skip);
            Assert.Equal(steps[s].GetProperty("loss_before").GetDouble(), report.Loss, 1e-5);
            Assert.Equal(steps[s].GetProperty("grad_norm_before_clip").GetDouble(), report.GradientNorm, 1e-4);
            Assert.Equal(Math.Exp(steps[s].GetProperty("log_temperature_after").GetDouble()), model.Temperature, 1e-5);
        }
    }

    private static Dictionary<string, NamedTensor> Weights()
    {
        var tensors = new List<NamedTensor> { new("model.loss.log_temperature", [], new[] { -2.3025851249694824f }) };
        foreach (var (file, head) in new[] { ("init_a.npz", "face_head"), ("init_b.npz", "voice_head") })
        {
            foreach (var (name, values) in GoldenArray.Archive("head", file))
            {
                long[] shape = name switch
                {
                    "fc1_weight" => [512, 512],
                    "fc2_weight" => [256, 512],
                    "fc3_weight" => [256, 256],
                    _ => [values.Length],
                };
                tensors.Add(new($"model.{head}.{name.Replace('_', '.')}", shape, values));
            }
        }

        return tensors.ToDictionary(tensor => tensor.Name);
    }
}
