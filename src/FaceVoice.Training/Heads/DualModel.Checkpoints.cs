using FaceVoice.Models;
using FaceVoice.Training.Networks;

namespace FaceVoice.Training.Heads;

/// <content>To and from files.</content>
internal sealed partial class DualModel
{
    private const string ModelPrefix = "model.";
    private const string OptimizerPrefix = "optimizer.";
    private const string QueuePrefix = "queue.";
    private const string ExportPrefix = "export.";
    private const string AveragePrefix = "average.";
    private const string SpeakerPrefix = "speaker.";
    private const string SpeakerOptimizerPrefix = "speaker_optimizer.";
    private const string SpeakerExportPrefix = "speaker_export.";

    /// <summary>Everything that training changes.</summary>
    public List<NamedTensor> Save()
    {
        List<NamedTensor> tensors = [.. _encoder.SaveWeights().Select(weight => weight.WithName(ModelPrefix + weight.Name))];
        tensors.AddRange(_optimizer.state_dict().Select(entry => entry.Value.ToNamedTensor(OptimizerPrefix + entry.Key)));
        tensors.AddRange(_queue?.SaveWeights().Select(weight => weight.WithName(QueuePrefix + weight.Name)) ?? []);
        tensors.AddRange(SpeakerWeights(SpeakerPrefix));
        tensors.AddRange(_towerOptimizer?.state_dict().Select(entry => entry.Value.ToNamedTensor(SpeakerOptimizerPrefix + entry.Key)) ?? []);
        if (_average is not null)
        {
            tensors.AddRange(_average.Save(AveragePrefix));
            using var averaged = _average.Use();
            tensors.AddRange(_encoder.SaveWeights().Select(weight => weight.WithName(ExportPrefix + weight.Name)));
            tensors.AddRange(SpeakerWeights(SpeakerExportPrefix));
        }

        return tensors;
    }

    /// <summary>Takes over what <see cref="Save"/> gave.</summary>
    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        using var scope = Torch.torch.NewDisposeScope();
        _encoder.LoadWeights(WithPrefix(tensors, ModelPrefix));
        _optimizer.load_state_dict(WithPrefix(tensors, OptimizerPrefix).ToDictionary(entry => entry.Key, entry => entry.Value.ToTensor()));
        _queue?.LoadWeights(WithPrefix(tensors, QueuePrefix));
        _average?.Load(AveragePrefix, tensors);
        _tower?.Network.LoadWeights(WithPrefix(tensors, SpeakerPrefix));
        _towerOptimizer?.load_state_dict(WithPrefix(tensors, SpeakerOptimizerPrefix).ToDictionary(entry => entry.Key, entry => entry.Value.ToTensor()));
    }

    private IEnumerable<NamedTensor> SpeakerWeights(string prefix) => _tower?.Network.SaveWeights().Select(weight => weight.WithName(prefix + weight.Name)) ?? [];

    private static Dictionary<string, NamedTensor> WithPrefix(IReadOnlyDictionary<string, NamedTensor> tensors, string prefix) =>
        tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value.WithName(entry.Key[prefix.Length..]));
}
