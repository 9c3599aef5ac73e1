using FaceVoice.Models;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Runs;

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
        List<NamedTensor> tensors = [.. _encoder.SaveWeights(ModelPrefix)];
        tensors.AddRange(_optimizer.SaveState(OptimizerPrefix));
        tensors.AddRange(_queue?.SaveWeights(QueuePrefix) ?? []);
        tensors.AddRange(SpeakerWeights(SpeakerPrefix));
        tensors.AddRange(_towerOptimizer?.SaveState(SpeakerOptimizerPrefix) ?? []);
        if (_average is not null)
        {
            tensors.AddRange(_average.Save(AveragePrefix));
            using var averaged = _average.Use();
            tensors.AddRange(_encoder.SaveWeights(ExportPrefix));
            tensors.AddRange(SpeakerWeights(SpeakerExportPrefix));
        }

        return tensors;
    }

    /// <summary>Takes over what <see cref="Save"/> gave.</summary>
    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        _encoder.LoadWeights(tensors.Section(ModelPrefix));
        _optimizer.LoadState(tensors.Section(OptimizerPrefix));
        _queue?.LoadWeights(tensors.Section(QueuePrefix));
        _average?.Load(AveragePrefix, tensors);
        _tower?.Network.LoadWeights(tensors.Section(SpeakerPrefix));
        _towerOptimizer?.LoadState(tensors.Section(SpeakerOptimizerPrefix));
    }

    private IReadOnlyList<NamedTensor> SpeakerWeights(string prefix) => _tower?.Network.SaveWeights(prefix) ?? [];
}
