namespace FaceVoice.Training.Networks.Speaker;

/// <summary>The size of a <see cref="SpeakerResNet"/>.</summary>
public sealed record SpeakerResNetOptions
{
    /// <summary>Gets the number of mel bands of the input.</summary>
    /// <value>The default is 80.</value>
    public int MelBands { get; init; } = 80;

    /// <summary>Gets the channels of each stage; every stage but the first halves time and frequency, as the stem does.</summary>
    /// <value>The default is 16, 32, 64, 128.</value>
    public IReadOnlyList<int> Channels { get; init; } = [16, 32, 64, 128];

    /// <summary>Gets the number of residual blocks of each stage.</summary>
    /// <value>The default is one a stage.</value>
    public IReadOnlyList<int> Blocks { get; init; } = [1, 1, 1, 1];

    /// <summary>Gets the width of the attention before pooling.</summary>
    /// <value>The default is 64.</value>
    public int AttentionChannels { get; init; } = 64;

    /// <summary>Gets the length of the embedding.</summary>
    /// <value>The default is 256.</value>
    public int EmbeddingSize { get; init; } = 256;

    /// <summary>Gets the number of rows that pooling sees: the last stage's channels times what is left of the bands.</summary>
    public int PooledRows
    {
        get
        {
            var bands = (MelBands + 1) / 2;
            for (var stage = 1; stage < Channels.Count; stage++)
            {
                bands = (bands + 1) / 2;
            }

            return bands * Channels[^1];
        }
    }
}
