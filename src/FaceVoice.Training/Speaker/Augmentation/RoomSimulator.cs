using System.Numerics.Tensors;
using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Training.Speaker.Augmentation;

/// <summary>
/// A simulated room: first and second reflections by the image-source method (Allen and Berkley, 1979) in a random shoebox, and a late tail from a
/// feedback delay network (Jot and Chaigne, 1991). A hundredth of the work of convolving with an impulse response, at the same T60. Thread-safe.
/// </summary>
internal static class RoomSimulator
{
    private const double SamplesPerMetre = 16_000 / 343.0;
    private const int Lines = 8;
    private static readonly int[] _delays = [601, 691, 773, 839, 919, 1013, 1103, 1223];

    /// <summary>Replaces sound by what a microphone in a random room hears, at about the same loudness.</summary>
    public static void Apply(Span<float> sound, RandomSource random)
    {
        var dry = sound.ToArray();
        var reflection = 0.3 + (0.6 * random.NextDouble());
        var longest = AddReflections(dry, sound, reflection, random);
        AddTail(dry, sound, longest, t60: 0.15 + (0.65 * random.NextDouble()), level: Math.Pow(10, -(4 + (14 * random.NextDouble())) / 20), random);
        var before = TensorPrimitives.SumOfSquares<float>(dry);
        var after = TensorPrimitives.SumOfSquares<float>(sound);
        if (after > 0)
        {
            TensorPrimitives.Multiply(sound, MathF.Sqrt(before / after), sound);
        }
    }

    private static int AddReflections(ReadOnlySpan<float> dry, Span<float> sound, double reflection, RandomSource random)
    {
        Span<double> room = [3 + (6 * random.NextDouble()), 2.5 + (5 * random.NextDouble()), 2.3 + (1.2 * random.NextDouble())];
        Span<double> source = stackalloc double[3];
        Span<double> microphone = stackalloc double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            source[axis] = room[axis] * (0.15 + (0.7 * random.NextDouble()));
            microphone[axis] = room[axis] * (0.15 + (0.7 * random.NextDouble()));
        }

        var direct = Math.Max(0.3, Distance(source, microphone, room, 0, 0, 0));
        var longest = 0;
        for (var x = -2; x <= 2; x++)
        {
            for (var y = -2; y <= 2; y++)
            {
                for (var z = -2; z <= 2; z++)
                {
                    var order = Math.Abs(x) + Math.Abs(y) + Math.Abs(z);
                    var distance = Distance(source, microphone, room, x, y, z);
                    var delay = (int)((distance - direct) * SamplesPerMetre);
                    if (order is 1 or 2 && delay > 0 && delay < sound.Length)
                    {
                        var gain = (float)(Math.Pow(-reflection, order) * direct / distance);
                        TensorPrimitives.MultiplyAdd(dry[..^delay], gain, sound[delay..], sound[delay..]);
                        longest = Math.Max(longest, delay);
                    }
                }
            }
        }

        return longest;
    }

    /// <summary>Distance to the source's image in the room cell (x, y, z); odd cells are mirrored.</summary>
    private static double Distance(ReadOnlySpan<double> source, ReadOnlySpan<double> microphone, ReadOnlySpan<double> room, int x, int y, int z)
    {
        ReadOnlySpan<int> cell = [x, y, z];
        double sum = 0;
        for (var axis = 0; axis < 3; axis++)
        {
            var place = (cell[axis] & 1) == 0 ? source[axis] : room[axis] - source[axis];
            sum += Math.Pow((cell[axis] * room[axis]) + place - microphone[axis], 2);
        }

        return Math.Sqrt(sum);
    }

    private static void AddTail(ReadOnlySpan<float> dry, Span<float> sound, int start, double t60, double level, RandomSource random)
    {
        if (start >= sound.Length)
        {
            return;
        }

        var tail = new float[sound.Length - start];
        RunNetwork(dry[..tail.Length], tail, t60, random);
        var energy = TensorPrimitives.SumOfSquares<float>(tail);
        if (energy > 0)
        {
            var gain = (float)level * MathF.Sqrt(TensorPrimitives.SumOfSquares(dry) / energy);
            TensorPrimitives.MultiplyAdd(tail, gain, sound[start..], sound[start..]);
        }
    }

    /// <summary>Eight delay lines fed back through a Householder matrix, in blocks no longer than the shortest line.</summary>
    private static void RunNetwork(ReadOnlySpan<float> input, Span<float> output, double t60, RandomSource random)
    {
        var delays = new int[Lines];
        var lines = new float[Lines][];
        var damping = (float)(0.1 + (0.35 * random.NextDouble()));
        for (var i = 0; i < Lines; i++)
        {
            delays[i] = _delays[i] + random.NextInt(60);
            lines[i] = new float[delays[i] + input.Length + 1];
        }

        var block = delays.Min();
        var mean = new float[block];
        var scratch = new float[block];
        for (var at = 0; at < input.Length; at += block)
        {
            var count = Math.Min(block, input.Length - at);
            var average = mean.AsSpan(0, count);
            var part = scratch.AsSpan(0, count);
            average.Clear();
            for (var i = 0; i < Lines; i++)
            {
                TensorPrimitives.Add(average, lines[i].AsSpan(at + 1, count), average);
            }

            for (var sign = (i: 0, s: 1f); sign.i < Lines; sign = (sign.i + 1, -sign.s))
            {
                TensorPrimitives.MultiplyAdd(lines[sign.i].AsSpan(at + 1, count), sign.s, output.Slice(at, count), output.Slice(at, count));
            }

            TensorPrimitives.Multiply(average, 2f / Lines, average);
            for (var i = 0; i < Lines; i++)
            {
                // Written one delay ahead; the sample before it is at hand too, for a two-tap low-pass that darkens the tail.
                var line = lines[i];
                var decay = (float)Math.Pow(10, -3.0 * delays[i] / (t60 * 16_000));
                TensorPrimitives.Multiply(line.AsSpan(at + 1, count), 1 - damping, part);
                TensorPrimitives.MultiplyAdd(line.AsSpan(at, count), damping, part, part);
                TensorPrimitives.Subtract(part, average, part);
                TensorPrimitives.Multiply(part, decay, part);
                TensorPrimitives.Add(part, input.Slice(at, count), line.AsSpan(at + 1 + delays[i], Math.Min(count, line.Length - at - 1 - delays[i])));
            }
        }
    }
}
