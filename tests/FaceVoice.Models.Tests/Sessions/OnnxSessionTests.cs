using FaceVoice.Models.Sessions;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests.Sessions;

public sealed class OnnxSessionTests
{
    private static string Model(string folder, params string[] parts)
    {
        var path = RepositoryPaths.Of(["third_party", folder, .. parts]);
        Assert.SkipUnless(File.Exists(path), "needs the native parts: tools/setup");
        return path;
    }

    private static string Encoder => Model("face-models", "model", "fr_feature.onnx");

    [Fact]
    public void Load_Model_TellsItsTensors()
    {
        using var session = OnnxSession.Load(Encoder);
        Assert.Equal("input float32 [1, 3, 112, 112]", session.Inputs[0].ToString());
        Assert.Equal("output float32 [1, 512]", session.Outputs[0].ToString());
        Assert.StartsWith("87aacdfe", session.Sha256, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FromMemory_IsTheSameModel()
    {
        using var file = OnnxSession.Load(Encoder);
        using var memory = OnnxSession.Load(File.ReadAllBytes(Encoder));
        Assert.Equal(file.Sha256, memory.Sha256);
        Assert.Equal(Run(file, 1), Run(memory, 1));
    }

    [Fact]
    public void Load_MissingFile_SaysHowToMendIt()
    {
        var error = Assert.Throws<OnnxModelException>(() => OnnxSession.Load("/nowhere/model.onnx"));
        Assert.Contains("/nowhere/model.onnx", error.Message, StringComparison.Ordinal);
        Assert.Contains("tools/setup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NotAModel_IsRefused() =>
        Assert.Throws<OnnxModelException>(() => OnnxSession.Load([1, 2, 3, 4]));

    [Fact]
    public void Load_TruncatedModel_IsRefused() =>
        Assert.Throws<OnnxModelException>(() => OnnxSession.Load(File.ReadAllBytes(Encoder)[..100_000]));

    [Fact]
    public void Run_WrongShape_NamesTheFault()
    {
        using var session = OnnxSession.Load(Encoder);
        var error = Assert.Throws<OnnxModelException>(() => session.Run(new OnnxInput("input", new float[3 * 50 * 50], 1, 3, 50, 50)).Dispose());
        Assert.Contains("fr_feature", error.Message, StringComparison.Ordinal);
        Assert.Contains("112", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_FewerValuesThanItsShape_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxInput("input", new float[5], 2, 3));

    [Fact]
    public void Pool_FreeAxesNotGiven_IsRefused()
    {
        using var session = OnnxSession.Load(Model("silero-vad", "dist", "silero_vad_v5.onnx"));
        var error = Assert.Throws<OnnxModelException>(() => new OnnxCallPool(session));
        Assert.Contains("?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rent_ReusedBuffers_GiveTheSameBitsAsFreshOnes()
    {
        using var session = OnnxSession.Load(Encoder);
        using var pool = new OnnxCallPool(session);
        var first = RunPooled(pool, 1);
        RunPooled(pool, 2);
        Assert.Equal(first, RunPooled(pool, 1));
        Assert.Equal(first, Run(session, 1));
    }

    [Fact]
    public void Rent_AfterFirstUse_AllocatesNothing()
    {
        using var session = OnnxSession.Load(Model("face-models", "model", "fr_landmark.onnx"));
        using var pool = new OnnxCallPool(session);
        RunPooled(pool, 1);
        RunPooled(pool, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            using var call = pool.Rent();
            call.Run();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 64);
    }

    [Fact]
    public void Run_ManyThreadsOneSession_GiveTheirOwnResults()
    {
        using var session = OnnxSession.Load(Encoder);
        using var pool = new OnnxCallPool(session);
        var alone = Enumerable.Range(0, 4).Select(seed => Run(session, seed)).ToArray();
        Parallel.For(0, 32, i => Assert.Equal(alone[i % 4], RunPooled(pool, i % 4)));
    }

    [Fact]
    public void Rent_PoolDisposedMeanwhile_TheCallStillRuns()
    {
        using var session = OnnxSession.Load(Encoder);
        var pool = new OnnxCallPool(session);
        using (var call = pool.Rent())
        {
            pool.Dispose();
            call.Run();
        }

        Assert.Throws<ObjectDisposedException>(pool.Rent);
    }

    private static float[] Picture(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 3 * 112 * 112).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    private static float[] Run(OnnxSession session, int seed)
    {
        using var result = session.Run(new OnnxInput("input", Picture(seed), 1, 3, 112, 112));
        Assert.Equal([1, 512], result.Shape(0));
        return result.Floats(0).ToArray();
    }

    private static float[] RunPooled(OnnxCallPool pool, int seed)
    {
        using var call = pool.Rent();
        var picture = Picture(seed);
        picture.AsSpan(0, Math.Min(picture.Length, call.Floats(0).Length)).CopyTo(call.Floats(0));
        call.Run();
        return call.Output(0).ToArray();
    }
}
