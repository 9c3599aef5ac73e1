using System.Globalization;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Datasets.Synthesis;

/// <summary>Draws a feature set from the population that <see cref="SyntheticFeatureOptions"/> describes. Thread-safe.</summary>
public static class FeatureSynthesizer
{
    /// <summary>Draws the whole set; the same options give the same bits.</summary>
    /// <param name="options">The population.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">A setting is out of range.</exception>
    public static FeatureSet Generate(SyntheticFeatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var rows = checked(options.Identities * options.SamplesPerIdentity);
        var people = new Population(options);
        var identities = new IdentityRecord[options.Identities];
        var samples = new FeatureSample[rows];
        for (var person = 0; person < identities.Length; person++)
        {
            var gender = people.Draw(person);
            var name = string.Create(CultureInfo.InvariantCulture, $"person{person:D6}");
            identities[person] = new(name, gender);
            for (var s = 0; s < options.SamplesPerIdentity; s++)
            {
                var row = (person * options.SamplesPerIdentity) + s;
                samples[row] = new(string.Create(CultureInfo.InvariantCulture, $"{name}_{s}"), person, row, 1, row, 1);
            }
        }

        return new(
            identities,
            samples,
            new(people.Face.Features, options.FaceDimension, "synthetic"),
            new(people.Voice.Features, options.VoiceDimension, "synthetic"),
            new SyntheticOracle(options, people.Face.Known, people.Voice.Known));
    }

    private sealed class Population(SyntheticFeatureOptions options)
    {
        private readonly float[] _shared = new float[options.SharedDimensions];

        public Side Face { get; } = new(options, options.FaceDimension, 1);

        public Side Voice { get; } = new(options, options.VoiceDimension, 2);

        public string Draw(int person)
        {
            var random = RandomSource.Derive(options.Seed, 3, (ulong)person);
            var gender = random.NextInt(2) == 0 ? -1 : 1;
            foreach (ref var z in _shared.AsSpan())
            {
                z = (float)random.NextNormal();
            }

            Face.Draw(person, gender, _shared, random);
            Voice.Draw(person, gender, _shared, random);
            return gender < 0 ? "f" : "m";
        }
    }

    private sealed class Side(SyntheticFeatureOptions options, int dimension, ulong stream)
    {
        private readonly InvertibleMixing _mixing =
            new(options.Mixing, options.LatentDimensions, dimension, RandomSource.Derive(options.Seed, stream));

        public float[] Features { get; } = new float[checked(options.Identities * options.SamplesPerIdentity * dimension)];

        public float[] Known { get; } = new float[options.Identities * options.SamplesPerIdentity * (options.SharedDimensions + 1)];

        public void Draw(int person, int gender, ReadOnlySpan<float> shared, RandomSource random)
        {
            var ofPerson = new double[options.LatentDimensions];
            foreach (ref var p in ofPerson.AsSpan())
            {
                p = random.NextNormal();
            }

            var latent = new float[options.LatentDimensions];
            var width = options.SharedDimensions + 1;
            for (var s = 0; s < options.SamplesPerIdentity; s++)
            {
                Compose(latent, ofPerson, gender, shared, random);
                var row = (person * options.SamplesPerIdentity) + s;
                latent.AsSpan(0, width).CopyTo(Known.AsSpan(row * width));
                _mixing.Apply(latent, Features.AsSpan(row * dimension, dimension));
            }
        }

        private void Compose(float[] latent, double[] ofPerson, int gender, ReadOnlySpan<float> shared, RandomSource random)
        {
            var (r, own) = (options.Correlation, options.PersonShare);
            for (var d = 0; d < latent.Length; d++)
            {
                var apart = (Math.Sqrt(own) * ofPerson[d]) + (Math.Sqrt(1 - own) * random.NextNormal());
                latent[d] = (float)(d < shared.Length ? (Math.Sqrt(r) * shared[d]) + (Math.Sqrt(1 - r) * apart)
                    : d == shared.Length ? gender + (options.GenderNoise * apart)
                    : apart);
            }
        }
    }
}
