using System.ComponentModel.DataAnnotations;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Training.Sampling;

/// <summary>
/// Decides which samples meet in which batch. What an epoch looks like follows from the seed and the epoch's number alone, so a resumed
/// run draws what the unbroken one would have drawn. Thread-safe.
/// </summary>
public sealed class BatchSampler
{
    private const ulong OrderStream = 11;
    private const ulong RowStream = 12;

    private readonly FeatureSet _set;
    private readonly BatchSamplerOptions _options;
    private readonly int[] _gender;
    private readonly int[][] _samplesOfPerson;

    /// <summary>Prepares a sampler.</summary>
    /// <param name="set">The training samples; at least two.</param>
    /// <param name="options">How batches are made up.</param>
    /// <exception cref="InvalidDataException">Fewer than two samples.</exception>
    public BatchSampler(FeatureSet set, BatchSamplerOptions options)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(options);
        if (set.Samples.Length < 2)
        {
            throw new InvalidDataException($"Training needs at least two samples; there are {set.Samples.Length}.");
        }

        (_set, _options) = (set, options);
        BatchSize = Math.Min(options.BatchSize, set.Samples.Length);
        BatchesPerEpoch = set.Samples.Length / BatchSize;
        _gender = new int[set.Samples.Length];
        var names = new Dictionary<string, int>();
        for (var i = 0; i < _gender.Length; i++)
        {
            var gender = set.Identities[set.Samples[i].Identity].Gender ?? "";
            names.TryAdd(gender, names.Count);
            _gender[i] = names[gender];
        }

        _samplesOfPerson = new int[set.Identities.Count][];
        foreach (var person in Enumerable.Range(0, _gender.Length).GroupBy(i => set.Samples[i].Identity))
        {
            _samplesOfPerson[person.Key] = [.. person];
        }
    }

    /// <summary>Gets the samples in each batch; smaller than asked for where the set is.</summary>
    public int BatchSize { get; }

    /// <summary>Gets the whole batches in an epoch; samples left over come up in another epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The batches of an epoch: sample indices, <see cref="BatchSize"/> each, one after the other.</summary>
    /// <param name="epoch">Number of the epoch.</param>
    public int[] Epoch(int epoch)
    {
        var random = RandomSource.Derive(_options.Seed, OrderStream, (ulong)epoch);
        var order = Grouped(random);
        if (_options.SameGenderShare > 0)
        {
            order = WithSameGenderBatches(order, random);
        }

        return order.AsSpan(0, BatchesPerEpoch * BatchSize).ToArray();
    }

    /// <summary>Picks one face row of each sample of a batch, and one voice row: of the same sample, or of any sample of the same person.</summary>
    /// <param name="samples">Sample indices.</param>
    /// <param name="step">Number of the step, which seeds the choice.</param>
    /// <param name="faceRows">Receives one face row a sample.</param>
    /// <param name="voiceSamples">Receives the samples whose voices were taken.</param>
    /// <param name="voiceRows">Receives one voice row a sample.</param>
    public void PickRows(ReadOnlySpan<int> samples, long step, Span<int> faceRows, Span<int> voiceSamples, Span<int> voiceRows)
    {
        var random = RandomSource.Derive(_options.Seed, RowStream, (ulong)step);
        for (var i = 0; i < samples.Length; i++)
        {
            var sample = _set.Samples[samples[i]];
            var ofPerson = _samplesOfPerson[sample.Identity];
            voiceSamples[i] = _options.AnyClipOfPerson && ofPerson.Length > 1 ? ofPerson[random.NextInt(ofPerson.Length)] : samples[i];
            faceRows[i] = Pick(sample.FaceStart, sample.FaceCount, random);
            var heard = _set.Samples[voiceSamples[i]];
            voiceRows[i] = Pick(heard.VoiceStart, heard.VoiceCount, random);
        }
    }

    private static int Pick(int start, int count, RandomSource random) => start + (count > 1 ? random.NextInt(count) : 0);

    /// <summary>Shuffled samples; with several clips an identity asked for, clips of one person stand next to one another.</summary>
    private int[] Grouped(RandomSource random)
    {
        var order = new int[_set.Samples.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        random.Shuffle(order.AsSpan());
        if (_options.ClipsPerIdentity < 2)
        {
            return order;
        }

        var groups = order.GroupBy(i => _set.Samples[i].Identity).SelectMany(person => person.Chunk(_options.ClipsPerIdentity)).ToArray();
        random.Shuffle(groups.AsSpan());
        return [.. groups.SelectMany(group => group)];
    }

    /// <summary>
    /// Rearranges so that the given share of batches holds one gender only: every negative in them must be told apart by more than gender.
    /// </summary>
    private int[] WithSameGenderBatches(int[] order, RandomSource random)
    {
        var batches = new List<int[]>();
        var rest = new List<int>();
        foreach (var gender in order.GroupBy(i => _gender[i]))
        {
            var members = gender.ToArray();
            var pure = (int)(members.Length / BatchSize * _options.SameGenderShare);
            for (var b = 0; b < pure; b++)
            {
                batches.Add(members[(b * BatchSize)..((b + 1) * BatchSize)]);
            }

            rest.AddRange(members[(pure * BatchSize)..]);
        }

        var remaining = rest.ToArray();
        random.Shuffle(remaining.AsSpan());
        batches.AddRange(remaining.Chunk(BatchSize).Where(chunk => chunk.Length == BatchSize));
        var shuffled = batches.ToArray();
        random.Shuffle(shuffled.AsSpan());
        return [.. shuffled.SelectMany(batch => batch), .. remaining[^(remaining.Length % BatchSize)..]];
    }
}

/// <summary>How batches are made up.</summary>
public sealed record BatchSamplerOptions
{
    /// <summary>Gets the samples in a batch.</summary>
    /// <value>The default is 256.</value>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Gets how many samples of one person are kept together where there are as many; 1 shuffles freely.</summary>
    /// <value>The default is 1.</value>
    [Range(1, 1_024)]
    public int ClipsPerIdentity { get; init; } = 1;

    /// <summary>Gets the share of batches that hold one gender only.</summary>
    /// <value>The default is 0.</value>
    [Range(0.0, 1.0)]
    public double SameGenderShare { get; init; }

    /// <summary>Gets a value indicating whether a face meets a voice of any sample of its person, rather than that of its own sample.</summary>
    /// <value>The default is false.</value>
    public bool AnyClipOfPerson { get; init; }

    /// <summary>Gets the seed.</summary>
    /// <value>The default is 1.</value>
    public ulong Seed { get; init; } = 1;
}
