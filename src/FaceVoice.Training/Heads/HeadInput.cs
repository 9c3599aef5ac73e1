namespace FaceVoice.Training.Heads;

/// <summary>What a head is fed with.</summary>
/// <param name="Dimension">Values a row.</param>
/// <param name="Level">Root mean square of the values, as the head sees them.</param>
internal readonly record struct HeadInput(int Dimension, double Level);
