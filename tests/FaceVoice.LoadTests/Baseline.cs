using System.Diagnostics;
using FaceVoice.Inference;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using Google.Protobuf;

namespace FaceVoice.LoadTests;

/// <summary>The same work without a server: samples a second on all cores, one thread a core.</summary>
internal sealed class Baseline : IDisposable
{
    private readonly ModelBundle _bundle;
    private readonly FaceVoiceEngine _engine;
    private readonly OnnxSession[] _faceNetworks = [.. new[] { "fr_detect.onnx", "fr_landmark.onnx", "fr_feature.onnx" }.Select(name => OnnxSession.Load(PackagedModels.PathOf("face", name)))];
    private readonly OnnxSession _speakerNetwork;

    public Baseline(string model)
    {
        _bundle = ModelBundle.Open(model);
        _engine = FaceVoiceEngine.Open(_bundle, new FaceVoiceEngineOptions { CacheBytes = 0, QueueCapacity = int.MaxValue });
        _engine.WarmUp();
        _speakerNetwork = OnnxSession.Load(_bundle.SpeakerEncoderPath);
    }

    /// <summary>ONNX Runtime alone: the three networks of a face over the same numbers again and again.</summary>
    public double FaceNetworks(double seconds)
    {
        var random = new Random(1);
        var values = new float[3 * 240 * 320];
        foreach (ref var value in values.AsSpan())
        {
            value = (2 * random.NextSingle()) - 1;
        }

        var pools = _faceNetworks.Select(session => new OnnxCallPool(session)).ToArray();
        try
        {
            return Rate(seconds, _ =>
            {
                foreach (var pool in pools)
                {
                    using var call = pool.Rent();
                    var input = call.Floats(0);
                    values.AsSpan(0, input.Length).CopyTo(input);
                    call.Run();
                }
            });
        }
        finally
        {
            Array.ForEach(pools, pool => pool.Dispose());
        }
    }

    /// <summary>ONNX Runtime alone: speech detection and the speaker encoder over one clip.</summary>
    public double VoiceNetworks(ByteString clip, double seconds)
    {
        var samples = new AudioDecoder(new MediaLimits()).DecodeAsync(clip.Memory).GetAwaiter().GetResult().Samples.ToArray();
        using var activity = new VoiceActivityDetector();
        return Rate(seconds, _ =>
        {
            activity.Detect(samples);
            _speakerNetwork.Run(new OnnxInput("waveform", samples, 1, samples.Length), new OnnxInput("lengths", new long[] { samples.Length }, 1)).Dispose();
        });
    }

    /// <summary>The speaker encoder alone over clips of 3 s, so many in one run: clips a second.</summary>
    public double SpeakerEncoder(int batch, double seconds)
    {
        const int samples = 3 * AudioClip.SampleRate;
        var (waveform, lengths) = (new float[batch * samples], Enumerable.Repeat((long)samples, batch).ToArray());
        var random = new Random(1);
        foreach (ref var sample in waveform.AsSpan())
        {
            sample = (random.NextSingle() - 0.5f) / 5;
        }

        return batch * Rate(seconds, _ => _speakerNetwork.Run(new OnnxInput("waveform", waveform, batch, samples), new OnnxInput("lengths", lengths, batch)).Dispose());
    }

    /// <summary>The face encoder alone over so many faces in one run: faces a second; null where the network takes one face at a time.</summary>
    public double? FaceEncoder(int batch, double seconds)
    {
        var session = _faceNetworks[^1];
        var input = session.Inputs[0];
        if (batch != 1 && input.Shape[0] == 1)
        {
            return null;
        }

        var values = new float[batch * 3 * 112 * 112];
        var random = new Random(1);
        foreach (ref var value in values.AsSpan())
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return batch * Rate(seconds, _ => session.Run(new OnnxInput(input.Name, values, batch, 3, 112, 112)).Dispose());
    }

    /// <summary>Everything that the server does for a picture but the server.</summary>
    public double FacePipeline(IReadOnlyList<ByteString> media, double seconds) => Rate(seconds, i => Usable(() => _engine.Faces.Embed(media[i % media.Count].Memory)));

    /// <summary>Everything that the server does for a recording but the server.</summary>
    public double VoicePipeline(IReadOnlyList<ByteString> media, double seconds)
    {
        var decoder = new AudioDecoder(new MediaLimits());
        return Rate(seconds, i => Usable(() => _engine.Voices.Embed(decoder.DecodeAsync(media[i % media.Count].Memory).GetAwaiter().GetResult())));
    }

    /// <summary>The longest of several times from cancelling a call to its work having left the engine, in milliseconds.</summary>
    public async Task<double> CancelAsync(IReadOnlyList<ByteString> media, bool isFace)
    {
        var longest = 0.0;
        for (var i = 0; i < 12; i++)
        {
            using var leave = new CancellationTokenSource();
            var calls = Enumerable.Range(0, 8).Select(c => media[((8 * i) + c) % media.Count].Memory).Select(data =>
                isFace ? (Task)_engine.Faces.EmbedAsync(data, leave.Token) : _engine.Voices.EmbedAsync(data, leave.Token)).ToList();
            await Task.Delay(2 + (4 * i));
            var started = Stopwatch.GetTimestamp();
            await leave.CancelAsync();
            while (!_engine.IsIdle)
            {
                await Task.Yield();
            }

            longest = Math.Max(longest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await ((Task)Task.WhenAll(calls)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return longest;
    }

    public void Dispose()
    {
        _engine.Dispose();
        _speakerNetwork.Dispose();
        Array.ForEach(_faceNetworks, session => session.Dispose());
    }

    private static void Usable(Action embed)
    {
        try
        {
            embed();
        }
        catch (UnusableMediaException)
        {
            // The few portraits and clips without a face or enough speech take as long.
        }
    }

    private static double Rate(double seconds, Action<int> work)
    {
        work(0);
        var (next, done) = (0, 0);
        var started = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                work(Interlocked.Increment(ref next));
                Interlocked.Increment(ref done);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
