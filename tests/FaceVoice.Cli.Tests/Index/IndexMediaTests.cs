using System.Text.Json;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Media;
using FaceVoice.Testing;
using FaceVoice.Testing.Models;

namespace FaceVoice.Cli.Tests.Index;

/// <summary>
/// Enrolling and searching with files, through real encoders. The heads are random: a file finds itself, and what that says of others means
/// nothing.
/// </summary>
[Collection("console")]
public sealed class IndexMediaTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-cli-media-").FullName;

    private string Index => Path.Combine(_folder, "index");

    [Fact]
    public void AddAndSearch_FoldersOfRealMedia_FindThemselves()
    {
        var model = Model("a", withHeads: true);
        var (faces, voices) = RealMedia();
        var media = Path.Combine(_folder, "media");
        Copy(faces[0], Path.Combine(media, "anna", "anna.jpg"));
        Copy(faces[1], Path.Combine(media, "bert", "bert.jpg"));
        Copy(voices[0], Path.Combine(media, "anna", "anna.opus"));
        Copy(voices[1], Path.Combine(media, "bert", "bert.opus"));
        File.WriteAllText(Path.Combine(media, "bert", "broken.jpg"), "no picture");

        var added = Run("index", "add", media, "--index", Index, "--model", model, "--identity-from-folder", "--set", "site=lab");
        Assert.Equal(1, added.ExitCode); // the broken picture
        Assert.Equal((4, 0, 1), (Number(added, "added"), Number(added, "present"), Number(added, "refused")));
        Assert.Contains("broken.jpg", added.Error, StringComparison.Ordinal);
        Assert.Equal(4, Number(Run("index", "add", media, "--index", Index, "--model", model), "present"));

        Assert.Equal("anna/anna.jpg", First(Run("index", "search", "--index", Index, "--model", model, "--face", faces[0], "--json", "--modality", "face")));
        Assert.Equal("bert/bert.opus", First(Run("index", "search", "--index", Index, "--model", model, "--voice", voices[1], "--json", "--space", "speaker", "--filter", "site=lab")));
        var ofAnna = Run("index", "search", "--index", Index, "--model", model, "--voice", voices[1], "--json", "--identity", "anna");
        Assert.Equal(2, Lines(ofAnna).Length); // her face and her voice: one space for both
        Assert.All(Lines(ofAnna), l => Assert.Equal("anna", l.GetProperty("identity").GetString()));
        Assert.Empty(Lines(Run("index", "search", "--index", Index, "--model", model, "--face", faces[0], "--json", "--filter", "site=elsewhere")));
        Assert.Equal(0, Run("index", "search", "--index", Index, "--model", model, "--face", faces[0]).ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Add_OneNameInTwoFolders_AreTwoPoints(bool inOneCall)
    {
        var model = Model("voice", withHeads: false);
        var (alice, bob) = (Vowels("alice/01.wav", 0), Vowels("bob/01.wav", 1));
        if (inOneCall)
        {
            Assert.Equal(2, Number(Run("index", "add", alice, bob, "--index", Index, "--model", model, "--identity-from-folder"), "added"));
        }
        else
        {
            Assert.Equal(1, Number(Run("index", "add", alice, "--index", Index, "--model", model, "--identity", "alice"), "added"));
            Assert.Equal(1, Number(Run("index", "add", bob, "--index", Index, "--model", model, "--identity", "bob"), "added"));
        }

        var again = Run("index", "add", bob, alice, "--index", Index, "--model", model, "--identity-from-folder");
        Assert.Equal((0, 2), (Number(again, "added"), Number(again, "present")));
        var points = Lines(Run("index", "list", "--index", Index, "--json"));
        Assert.Equal(["alice", "bob"], points.Select(point => point.GetProperty("identity").GetString()).Order(StringComparer.Ordinal));
        Assert.Contains("01.wav", points.Select(point => point.GetProperty("id").GetString())); // the first keeps the short name
    }

    [Fact]
    public void Add_FoldersNamedInTwoUnicodeForms_AreOnePerson()
    {
        var model = Model("voice", withHeads: false);
        Vowels("in/Jos\u00e9/1.wav", 0);
        Vowels("in/Jose\u0301/2.wav", 1);
        var add = Run("index", "add", Path.Combine(_folder, "in"), "--index", Index, "--model", model, "--identity-from-folder");
        Assert.Equal(2, Number(add, "added"));
        Assert.Single(Lines(Run("index", "list", "--index", Index, "--json")).Select(point => point.GetProperty("identity").GetString()).Distinct());
    }

    [Fact]
    public void Add_RecordingShorterThanItsHeaderSays_IsWarnedOfOrRefusedByStrict()
    {
        var model = Model("voice", withHeads: false);
        var whole = Vowels("whole.wav", 0);
        var cut = Path.Combine(_folder, "cut.wav");
        File.WriteAllBytes(cut, File.ReadAllBytes(whole)[..(int)(new FileInfo(whole).Length * 3 / 4)]);
        var strict = Run("index", "add", cut, "--index", Index, "--model", model, "--strict");
        Assert.Equal((1, 0, 1), (strict.ExitCode, Number(strict, "added"), Number(strict, "refused")));
        Assert.Contains("The recording is cut off", strict.Error, StringComparison.Ordinal);
        var taken = Run("index", "add", cut, "--index", Index, "--model", model);
        Assert.Equal((0, 1), (taken.ExitCode, Number(taken, "added")));
        Assert.Contains("The recording is cut off", taken.Error, StringComparison.Ordinal);
        Assert.Contains("track 2 was asked for", Run("index", "add", whole, "--index", Index, "--model", model, "--audio-track", "2").Error, StringComparison.Ordinal);
        var search = Run("index", "search", "--voice", cut, "--index", Index, "--model", model, "--space", "speaker", "--strict");
        Assert.Equal(1, search.ExitCode);
        Assert.Contains("The recording is cut off", search.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_BadEntries_AreNamedAndStopNothing()
    {
        var model = Model("voice", withHeads: false);
        Vowels("in/anna/1.wav", 0);
        File.CreateSymbolicLink(Path.Combine(_folder, "in", "anna", "gone.wav"), "nowhere.wav");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "in", "again"), "..");
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "no media");
        var add = Run(
            "index", "add", Path.Combine(_folder, "missing.wav"), Path.Combine(_folder, "notes.txt"), Path.Combine(_folder, "in"), "--index", Index, "--model", model);
        Assert.Equal((1, 1, 4), (add.ExitCode, Number(add, "added"), Number(add, "refused")));
        Assert.Contains("gone.wav: the link leads nowhere", add.Error, StringComparison.Ordinal);
        Assert.Contains("missing.wav: there is no such file", add.Error, StringComparison.Ordinal);
        Assert.Contains("notes.txt: it is neither an image nor a recording", add.Error, StringComparison.Ordinal);
        Assert.Equal(2, Run("index", "add", _folder, "--index", Index, "--model", model, "--identity", " ").ExitCode);
    }

    [Fact]
    public void Add_FaceThatAMatchWouldNotTrust_IsRefusedUnlessAskedFor()
    {
        var model = Model("a", withHeads: true);
        using var face = new ImageDecoder(new MediaLimits()).Decode(DrawnFace.Jpeg(0));
        using var small = RgbImage.Allocate(face.Width / 8, face.Height / 8);
        for (var y = 0; y < small.Height; y++)
        {
            for (var x = 0; x < small.Width; x++)
            {
                face.Row(8 * y).Slice(24 * x, 3).CopyTo(small.Row(y)[(3 * x)..]);
            }
        }

        var path = Path.Combine(_folder, "small.png");
        File.WriteAllBytes(path, ImageEncoder.EncodePng(small));
        var refused = Run("index", "add", path, "--index", Index, "--model", model);
        Assert.Equal((1, 0, 1), (refused.ExitCode, Number(refused, "added"), Number(refused, "refused")));
        Assert.Contains("the face's size is", refused.Error, StringComparison.Ordinal);
        var asked = Run("index", "add", path, "--index", Index, "--model", model, "--accept-poor");
        Assert.Equal((0, 1), (asked.ExitCode, Number(asked, "added")));
    }

    [Fact]
    public void Add_ManifestThatLeadsOutOfItsFolder_IsRefused()
    {
        var model = Model("voice", withHeads: false);
        var data = Dataset(1);
        File.WriteAllText(Path.Combine(data, "manifest.jsonl"), """{"id":"s","identity":"p","voice":"../voice/speaker.onnx"}""");
        var add = Run("index", "add", data, "--index", Index, "--model", model);
        Assert.Equal(1, add.ExitCode);
        Assert.Contains("outside its folder", add.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_ByAnotherModel_FailsAndNamesBoth()
    {
        var (first, second) = (Model("a", withHeads: true), Model("b", withHeads: true, seed: 20));
        var data = Dataset(2);
        Assert.Equal(0, Run("index", "add", data, "--index", Index, "--model", first).ExitCode);
        var search = Run("index", "search", "--index", Index, "--model", second, "--voice", Path.Combine(data, "voices", "1.wav"));
        Assert.Equal(1, search.ExitCode);
        Assert.Contains(FaceVoice.Models.ModelBundle.Open(first).Manifest.ModelId, search.Error, StringComparison.Ordinal);
        Assert.Contains(FaceVoice.Models.ModelBundle.Open(second).Manifest.ModelId, search.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AddAndMigrate_DataSet_EmbedsItsSamplesAsTheyAre()
    {
        var (first, second) = (Model("a", withHeads: true), Model("b", withHeads: true, seed: 20));
        var data = Dataset(3);
        Assert.Equal(6, Number(Run("index", "add", data, "--index", Index, "--model", first), "added"));
        var moved = Path.Combine(_folder, "moved");
        Assert.Equal(6, Number(Run("index", "migrate", "--index", Index, "--to", moved, "--model", second), "migrated"));
        Assert.Equal(0, Number(Run("index", "migrate", "--index", Index, "--to", moved, "--model", second), "migrated"));
        File.Delete(Path.Combine(data, "voices", "1.wav"));
        var again = Run("index", "migrate", "--index", Index, "--to", Path.Combine(_folder, "third"), "--model", second);
        Assert.Equal((1, 5, 1), (again.ExitCode, Number(again, "migrated"), Number(again, "left")));
        var fresh = Path.Combine(_folder, "fresh");
        Assert.Equal(0, Run("index", "add", Dataset(3), "--index", fresh, "--model", second).ExitCode);
        Assert.Equal(Scores(fresh), Scores(moved)); // what migrated is what enrolling gives
    }

    [Fact]
    public void Add_DataSetToVoiceModel_TakesVoicesOnly()
    {
        var model = Model("voice", withHeads: false);
        var added = Run("index", "add", Dataset(3), "--index", Index, "--model", model);
        Assert.Equal((0, 3, 3), (added.ExitCode, Number(added, "added"), Number(added, "passed_over")));
        Assert.Contains("no joint space", added.Error, StringComparison.Ordinal);
        var hits = Run("index", "search", "--index", Index, "--like", "s1/voice", "--json");
        Assert.Equal("s1/voice", First(hits)); // in the only space that there is
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ConsoleRun Run(params string[] arguments) => ConsoleRun.Of(arguments);

    private static JsonElement[] Lines(ConsoleRun run) => [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    private static int Number(ConsoleRun run, string field) => Lines(run)[0].GetProperty(field).GetInt32();

    private static string? First(ConsoleRun run)
    {
        var hit = Lines(run)[0];
        Assert.InRange(hit.GetProperty("score").GetDouble(), 0.999, 1.001);
        return hit.GetProperty("id").GetString();
    }

    private static IEnumerable<(string?, double)> Scores(string index) => Lines(Run("index", "search", "--index", index, "--like", "s2/face", "--json"))
        .Select(l => (l.GetProperty("id").GetString(), Math.Round(l.GetProperty("score").GetDouble(), 5))).OrderBy(l => l.Item1, StringComparer.Ordinal);

    private static (string[] Faces, string[] Voices) RealMedia()
    {
        var faces = Directory.GetFiles(ReferenceData.Media("faces"), "*.jpg").Order(StringComparer.Ordinal).Take(2).ToArray();
        var voices = Directory.GetDirectories(ReferenceData.Media("speech", "test")).Select(speaker => Directory.GetFiles(speaker, "*.opus").MaxBy(f => new FileInfo(f).Length)!)
            .OrderByDescending(f => new FileInfo(f).Length).Take(2).ToArray(); // enough speech for an embedding
        return (faces, voices);
    }

    private string Vowels(string name, int round)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, SyntheticVowels.Wav(round));
        return path;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    private string Model(string name, bool withHeads, int seed = 1)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryPaths.Of("third_party", "face-models")), "needs the packaged face models");
        var folder = Path.Combine(_folder, name);
        RandomSpeakerBundle.Create(folder, seed, withHeads);
        return folder;
    }

    /// <summary>A data set folder of noise: pictures and clips of the right form.</summary>
    private string Dataset(int samples)
    {
        var folder = Path.Combine(_folder, "data");
        Directory.CreateDirectory(Path.Combine(folder, "faces"));
        Directory.CreateDirectory(Path.Combine(folder, "voices"));
        var lines = new List<string>();
        for (var i = 1; i <= samples; i++)
        {
            var random = new Random(i);
            using var image = RgbImage.Allocate(112, 112);
            random.NextBytes(image.Pixels);
            File.WriteAllBytes(Path.Combine(folder, "faces", $"{i}.png"), ImageEncoder.EncodePng(image));
            var clip = new float[48_000];
            for (var t = 0; t < clip.Length; t++)
            {
                clip[t] = (0.2f * MathF.Sin(t * 0.02f * i)) + (random.NextSingle() * 0.05f);
            }

            File.WriteAllBytes(Path.Combine(folder, "voices", $"{i}.wav"), WavWriter.Encode(clip));
            lines.Add($$"""{"id":"s{{i}}","identity":"p{{i % 2}}","face":"faces/{{i}}.png","voice":"voices/{{i}}.wav"}""");
        }

        File.WriteAllLines(Path.Combine(folder, "manifest.jsonl"), lines);
        return folder;
    }
}
