using FaceVoice.Model;
using FaceVoice.Networks;

namespace FaceVoice.Training.Dual;

/// <content>To and from files.</content>
internal sealed partial class DualModel
{
    private const string ModelPrefix = "model.";
    private const string OptimizerPrefix = "optimizer.";
    private const string QueuePrefix = "queue.";
    private const string ExportPrefix = "export.";
    private const string AveragePrefix = "average.";

    /// <summary>Everything that training changes.</summary>
    public List<NamedTensor> Save()
    {
        List<NamedTensor> tensors = [.. _encoder.SaveWeights().Select(weight => weight.WithName(ModelPrefix + weight.Name))];
        tensors.AddRange(_optimizer.state_dict().Select(entry => entry.Value.ToNamedTensor(OptimizerPrefix + entry.Key)));
        tensors.AddRange(_queue?.SaveWeights().Select(weight => weight.WithName(QueuePrefix + weight.Name)) ?? []);
        if (_average is not null)
        {
            tensors.AddRange(_average.Save(AveragePrefix));
            using var averaged = _average.Use();
            tensors.AddRange(_encoder.SaveWeights().Select(weight => weight.WithName(ExportPrefix + weight.Name)));
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
    }

    private static Dictionary<string, NamedTensor> WithPrefix(IReadOnlyDictionary<string, NamedTensor> tensors, string prefix) =>
        tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value.WithName(entry.Key[prefix.Length..]));
}
