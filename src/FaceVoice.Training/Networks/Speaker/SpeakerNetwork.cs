namespace FaceVoice.Training.Networks.Speaker;

/// <summary>
/// Turns log-mel features [batch, frames, bins] (mean subtracted) into speaker embeddings [batch, dimension], not normalised.
/// </summary>
/// <remarks>All rows of a batch have the same number of frames; rows of different length go through one at a time, as padding changes the result.</remarks>
/// <param name="name">What the network is called in messages.</param>
public abstract class SpeakerNetwork(string name) : Module<Tensor, Tensor>(name)
{
    /// <summary>Gets the number of mel bins that the network takes.</summary>
    public abstract int MelBins { get; }

    /// <summary>Gets the length of an embedding.</summary>
    public abstract int Dimension { get; }

    /// <summary>Gets the fewest frames that the network can take: reflection needs more frames than it mirrors.</summary>
    public abstract int MinFrames { get; }

    /// <summary>Throws when the features do not fit the network.</summary>
    /// <param name="features">[batch, frames, bins].</param>
    /// <exception cref="ArgumentException">Wrong number of dimensions or bins, or too few frames.</exception>
    protected void CheckFeatures(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        long[] shape = features.shape;
        if (shape.Length != 3 || shape[2] != MelBins)
        {
            throw new ArgumentException(
                $"{GetName()} takes features [batch, frames, {MelBins}], not [{string.Join(", ", shape)}].", nameof(features));
        }

        if (shape[1] < MinFrames)
        {
            throw new ArgumentException($"{GetName()} needs {MinFrames} frames; there are {shape[1]}.", nameof(features));
        }
    }
}
