namespace FaceVoice.Models;

/// <summary>Checks that the names of a set of tensors can stand in a file.</summary>
internal static class NamedTensorSet
{
    public static OrderedDictionary<string, NamedTensor> Check(IEnumerable<NamedTensor> tensors)
    {
        var byName = new OrderedDictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (tensor.Name.Length == 0 || tensor.Name == SafeTensors.SafeTensorsReader.MetadataKey || !byName.TryAdd(tensor.Name, tensor))
            {
                throw new ArgumentException($"The tensor name '{tensor.Name}' is empty, reserved or used twice.", nameof(tensors));
            }
        }

        return byName;
    }
}
