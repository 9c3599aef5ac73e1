namespace FaceVoice.Models.Checkpoints;

/// <summary>A name that a pickle refers to; one of the few that are known, or the unpickler throws.</summary>
internal sealed class PickleGlobal
{
    private static readonly PickleGlobal OrderedDictionary = new("collections.OrderedDict", PickleGlobalKind.OrderedDictionary);
    private static readonly PickleGlobal Tensor = new("torch._utils._rebuild_tensor_v2", PickleGlobalKind.Tensor);
    private static readonly PickleGlobal Parameter = new("torch._utils._rebuild_parameter", PickleGlobalKind.Parameter);

    private PickleGlobal(string name, PickleGlobalKind kind, StoredElement? element = null)
    {
        Name = name;
        Kind = kind;
        Element = element;
    }

    public string Name { get; }

    public PickleGlobalKind Kind { get; }

    /// <summary>The element type of a storage class.</summary>
    public StoredElement? Element { get; }

    public static PickleGlobal Resolve(string module, string name, string file) => (module, name) switch
    {
        ("collections", "OrderedDict") => OrderedDictionary,
        ("torch._utils", "_rebuild_tensor_v2") => Tensor,
        ("torch._utils", "_rebuild_parameter") => Parameter,
        ("torch", _) when StoredElement.OfTorchStorage(name) is { } element => new($"torch.{name}", PickleGlobalKind.Storage, element),
        _ => throw new ModelFormatException(
            $"{file}: refused: the checkpoint refers to '{PickleText.Printable(module)}.{PickleText.Printable(name)}'. "
            + "Only tensors and plain containers are read, and nothing in a checkpoint is ever executed. Save the state dict alone."),
    };
}

/// <summary>What a known global does when it is called.</summary>
internal enum PickleGlobalKind
{
    OrderedDictionary,
    Tensor,
    Parameter,
    Storage,
}
