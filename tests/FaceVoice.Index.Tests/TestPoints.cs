using System.Globalization;
using System.Numerics.Tensors;

namespace FaceVoice.Index.Tests;

/// <summary>Small deterministic points.</summary>
public static class TestPoints
{
    public const int JointSize = 24;
    public const int SpeakerSize = 40;

    public static IndexSchema Schema { get; } = new("model-a", new Dictionary<string, int> { [VectorName.Joint] = JointSize, [VectorName.Speaker] = SpeakerSize });

    public static IndexPoint Make(int number, int version = 0)
    {
        var isVoice = number % 2 == 1;
        var vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorName.Joint] = Unit(JointSize, (number * 31) + version) };
        if (isVoice)
        {
            vectors[VectorName.Speaker] = Unit(SpeakerSize, (number * 31) + version + 7_000_000);
        }

        return new IndexPoint
        {
            Id = Id(number),
            Identity = number % 7 == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"person-{number % 5}"),
            Modality = isVoice ? PointModality.Voice : PointModality.Face,
            Vectors = vectors,
            Payload = new Dictionary<string, PayloadValue>
            {
                ["tags"] = number % 3 == 0 ? PayloadValue.FromKeywords("vip", "staff") : PayloadValue.FromKeywords("guest"),
                ["age"] = PayloadValue.FromNumber(number + 0.5),
                ["seen"] = PayloadValue.FromTime(Moment(number)),
                ["version"] = PayloadValue.FromNumber(version),
            },
        };
    }

    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"point/{number} ü");

    public static DateTimeOffset Moment(int number) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(number);

    public static List<IndexPoint> Many(int count, int start = 0) => [.. Enumerable.Range(start, count).Select(n => Make(n))];

    public static float[] Unit(int size, int seed)
    {
        var random = new Random(seed);
        var vector = new float[size];
        for (var i = 0; i < size; i++)
        {
            vector[i] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    /// <summary>The answer that a search must give: a plain loop over plain floats.</summary>
    public static List<(string Id, float Score)> Expect(IEnumerable<IndexPoint> points, string vector, ReadOnlySpan<float> query, int limit)
    {
        var unit = query.ToArray();
        TensorPrimitives.Divide(unit, TensorPrimitives.Norm<float>(unit), unit);
        return [.. points.Where(p => p.Vectors.ContainsKey(vector)).Select(p => (p.Id, Score: TensorPrimitives.Dot(unit, p.Vectors[vector].Span))).OrderByDescending(p => p.Score).Take(limit)];
    }
}
