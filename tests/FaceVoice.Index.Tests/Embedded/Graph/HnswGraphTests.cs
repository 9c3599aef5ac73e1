using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Graph;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Tests.Embedded.Graph;

/// <summary>How graphs are built.</summary>
public sealed class HnswGraphTests
{
    private const int Size = 48;

    [Theory]
    [InlineData(3000)]
    [InlineData(1)]
    [InlineData(0)]
    public void Grow_OnManyThreads_GivesTheSameGraphAsOnOne(int count)
    {
        using var codes = Codes(count);
        using var one = new HnswGraph(codes, neighbours: 8, buildEffort: 40, CodeKernels.Best);
        using var many = new HnswGraph(codes, neighbours: 8, buildEffort: 40, CodeKernels.Best);
        one.Grow(count, threads: 1, CancellationToken.None);
        many.Grow(count, threads: 4, CancellationToken.None);
        Assert.Equal(count, many.Count);
        Assert.Equal(Saved(one), Saved(many));
    }

    [Fact]
    public void Grow_Stopped_GoesOnWhereItWas()
    {
        using var codes = Codes(500);
        using var graph = new HnswGraph(codes, neighbours: 8, buildEffort: 40, CodeKernels.Best);
        graph.Grow(100, threads: 2, CancellationToken.None);
        graph.Grow(500, threads: 2, new CancellationToken(canceled: true));
        Assert.Equal(100, graph.Count);
        graph.Grow(500, threads: 2, CancellationToken.None);
        Assert.Equal(500, graph.Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    public void Grow_EqualVectors_LinksAndEnds(int neighbours)
    {
        using var codes = new CodeMatrix(Size);
        for (var i = 0; i < 2000; i++)
        {
            codes.Add(TestPoints.Unit(Size, i % 3));
        }

        using var graph = new HnswGraph(codes, neighbours, buildEffort: 30, CodeKernels.Best);
        graph.Grow(2000, threads: 2, CancellationToken.None);
        Assert.Equal(2000, graph.Count);
    }

    private static CodeMatrix Codes(int count)
    {
        var codes = new CodeMatrix(Size);
        for (var i = 0; i < count; i++)
        {
            codes.Add(TestPoints.Unit(Size, i));
        }

        return codes;
    }

    private static byte[] Saved(HnswGraph graph)
    {
        using var folder = new TemporaryFolder();
        using (var sealer = new ChecksumSealer(Guid.Empty))
        using (var file = DurableFile.Create(folder.Of("graph")))
        {
            BlockFile.Write(file, sealer, 1, writer => graph.Save(writer, graph.Count));
        }

        return File.ReadAllBytes(folder.Of("graph"));
    }
}
