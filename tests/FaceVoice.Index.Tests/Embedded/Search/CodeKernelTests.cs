using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Tests.Embedded.Search;

/// <summary>Every kernel against the plain loop, and estimates against their promised bound.</summary>
public sealed class CodeKernelTests
{
    public static TheoryData<int> Paths => [.. Enum.GetValues<KernelPath>().Select(p => (int)p)];

    [Theory]
    [MemberData(nameof(Paths))]
    public unsafe void Score_EveryPath_EqualsPlainLoop(int number)
    {
        var path = (KernelPath)number;
        Assert.SkipUnless(CodeKernels.IsSupported(path), $"this processor has no {path}");
        var rows = stackalloc byte*[23];
        foreach (var size in new[] { 1, 7, 24, 31, 32, 33, 64, 192, 256, 512, 1000 })
        {
            using var matrix = new CodeMatrix(size);
            for (var i = 0; i < 23; i++)
            {
                matrix.Add(i == 0 ? Extreme(size) : TestPoints.Unit(size, i));
            }

            using var query = new CodeQuery(size);
            foreach (var vector in new[] { TestPoints.Unit(size, 99), Extreme(size), [.. Extreme(size).Select(v => -v)] })
            {
                query.Set(vector);
                for (var i = 0; i < 23; i++)
                {
                    rows[i] = matrix.Row(i);
                }

                fixed (float* scores = new float[23], plain = new float[23], apart = new float[23])
                {
                    CodeKernels.ScoreAt(rows, matrix.Scale(0), 23, query, apart, path);
                    CodeKernels.Score(matrix.Row(0), matrix.Scale(0), 23, query, scores, path);
                    CodeKernels.Score(matrix.Row(0), matrix.Scale(0), 23, query, plain, KernelPath.Plain);
                    for (var i = 0; i < 23; i++)
                    {
                        Assert.Equal(plain[i], scores[i]);
                        Assert.Equal(plain[i], apart[i]);
                        Assert.Equal(plain[i], CodeKernels.ScoreOne(matrix.Row(i), *matrix.Scale(i), query, path));
                        Assert.Equal(CodeKernels.DotRows(matrix.Row(i), matrix.Row(5), matrix.Stride, KernelPath.Plain), CodeKernels.DotRows(matrix.Row(i), matrix.Row(5), matrix.Stride, path));
                    }
                }
            }
        }
    }

    [Fact]
    public unsafe void Score_Estimate_LiesWithinItsBound()
    {
        const int Size = 256;
        using var matrix = new CodeMatrix(Size);
        var vectors = Enumerable.Range(0, 2000).Select(i => TestPoints.Unit(Size, i)).ToArray();
        foreach (var vector in vectors)
        {
            matrix.Add(vector);
        }

        using var query = new CodeQuery(Size);
        for (var q = 0; q < 20; q++)
        {
            var unit = q == 0 ? vectors[7] : TestPoints.Unit(Size, 10_000 + q);
            query.Set(unit);
            var bound = query.ErrorBound(matrix.LargestResidual);
            Assert.InRange(bound, 0, 0.05f);
            for (var i = 0; i < vectors.Length; i++)
            {
                var truth = System.Numerics.Tensors.TensorPrimitives.Dot(unit, vectors[i]);
                Assert.InRange(CodeKernels.ScoreOne(matrix.Row(i), *matrix.Scale(i), query, KernelPath.Plain) - truth, -bound, bound);
            }
        }
    }

    private static float[] Extreme(int size) => [.. Enumerable.Range(0, size).Select(i => (i % 2 == 0 ? 1f : -1f) / MathF.Sqrt(size))];
}
