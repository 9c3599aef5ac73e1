namespace FaceVoice.Index.Embedded.Rows;

/// <summary>What a reader sees: everything that was written up to one version. Immutable, so a reader's answer never mixes two moments.</summary>
/// <param name="Version">The number of the last write that shows.</param>
/// <param name="Rows">Rows that exist, dead ones included.</param>
/// <param name="Live">Rows that are not dead.</param>
/// <param name="Slots">Slots that exist in each column.</param>
/// <param name="LiveSlots">Slots of live rows in each column.</param>
/// <param name="Sources">Where records and vectors lie.</param>
internal sealed record StoreView(long Version, int Rows, int Live, int[] Slots, int[] LiveSlots, RowSources Sources);

/// <summary>A point without its vectors, as one row of the store holds it.</summary>
/// <param name="Id">The point's id.</param>
/// <param name="Identity">Who it is, or null.</param>
/// <param name="Modality">Face or voice.</param>
/// <param name="Payload">The typed fields.</param>
internal sealed record PointMeta(string Id, string? Identity, PointModality Modality, IReadOnlyDictionary<string, PayloadValue> Payload);
