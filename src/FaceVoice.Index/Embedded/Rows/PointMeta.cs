namespace FaceVoice.Index.Embedded.Rows;

/// <summary>A point without its vectors, as one row of the store holds it.</summary>
/// <param name="Id">The point's id.</param>
/// <param name="Identity">Who it is, or null.</param>
/// <param name="Modality">Face or voice.</param>
/// <param name="Payload">The typed fields.</param>
internal sealed record PointMeta(string Id, string? Identity, PointModality Modality, IReadOnlyDictionary<string, PayloadValue> Payload);
