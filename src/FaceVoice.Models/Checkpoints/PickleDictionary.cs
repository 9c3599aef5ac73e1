namespace FaceVoice.Models.Checkpoints;

/// <summary>A dictionary of a pickle, in order; keys are text or whole numbers.</summary>
internal sealed class PickleDictionary : OrderedDictionary<object, object?>;
