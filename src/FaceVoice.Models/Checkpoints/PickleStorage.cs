namespace FaceVoice.Models.Checkpoints;

/// <summary>A storage that a pickle refers to; its bytes are an entry of the archive.</summary>
internal sealed record PickleStorage(string Key, StoredElement Element, long Count);
