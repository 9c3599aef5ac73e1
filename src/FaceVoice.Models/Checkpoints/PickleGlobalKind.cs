namespace FaceVoice.Models.Checkpoints;

/// <summary>What a known global does when it is called.</summary>
internal enum PickleGlobalKind
{
    OrderedDictionary,
    Tensor,
    Parameter,
    Storage,
}
