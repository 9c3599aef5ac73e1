using System.Globalization;
using FaceVoice.Cli.Hub;
using FaceVoice.Models.Hub;

namespace FaceVoice.Cli.Tests.Hub;

/// <summary>Downloads that are cut, stopped, too large or wrong.</summary>
[Collection("console")]
public sealed class HubDownloadTests : IAsyncDisposable
{
    private const string Name = "embedding_model.ckpt";

    private static readonly HubModelName Model = HubModelName.TryParse("owner/name")!;

    private readonly LoopbackHub _hub = LoopbackHub.Start();
    private readonly HubEnvironment _environment;
    private readonly byte[] _content = new byte[3_000_000];

    public HubDownloadTests()
    {
        _environment = new HubEnvironment(_hub.Endpoint);
        new Random(7).NextBytes(_content);
        _hub.Files[Name] = _content;
    }

    private string Blob => _environment.Cached("blobs", LoopbackHub.Sha256(_content));

    private string Part => $"{Blob}.incomplete";

    private string Linked => _environment.Cached("snapshots", LoopbackHub.Commit, Name);

    public async ValueTask DisposeAsync()
    {
        _environment.Dispose();
        await _hub.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fetch_ConnectionCut_GoesOnFromThere(bool namesOnly)
    {
        _hub.Cut = (700_000, 3);
        _hub.ListsNamesOnly = namesOnly;
        Assert.Equal(_content.Length, await FetchAsync());
        Assert.Equal(_content, File.ReadAllBytes(Linked));
        var starts = StoreRanges().Where(range => range.Length > 0).Select(range =>
            int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture)).ToList();
        Assert.True(starts.Count > 1 && starts.SequenceEqual(starts.Order()), string.Join(", ", starts));
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task Fetch_ServerWithoutRanges_BeginsAnew()
    {
        _hub.Cut = (700_000, 1);
        _hub.IgnoresRanges = true;
        Assert.InRange(await FetchAsync(), _content.Length + 1, _content.Length + 700_000);
        Assert.Equal(_content, File.ReadAllBytes(Linked));
    }

    [Fact]
    public async Task Fetch_NothingComesAnyMore_GivesUpAndKeepsThePart()
    {
        _hub.Cut = (0, int.MaxValue);
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        File.WriteAllBytes(Part, _content[..1000]);
        var error = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains("given up after 5 tries. What came is kept", error.Message, StringComparison.Ordinal);
        Assert.Equal(1000, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsThePartAndResumes()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Progress { Reported = Stop };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync(progress, stop.Token));
        var part = new FileInfo(Part).Length;
        Assert.InRange(part, 1_000_000, _content.Length - 1);
        Assert.False(File.Exists(Blob));

        Assert.Equal(_content.Length - part, await FetchAsync());
        Assert.Equal($"bytes={part}-", StoreRanges()[^1]);
        Assert.Equal(_content, File.ReadAllBytes(Linked));

        void Stop(long bytes)
        {
            if (bytes >= 1_000_000)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public async Task Fetch_WholePartOfAnEarlierRun_NeedsNoNetwork()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        File.WriteAllBytes(Part, _content);
        Assert.Equal(0, await FetchAsync());
        Assert.Equal(_content, File.ReadAllBytes(Linked));
    }

    [Fact]
    public async Task Fetch_WrongBytes_AreThrownAway()
    {
        _hub.Corrupts = true;
        var error = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains(LoopbackHub.Sha256(_content), error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_environment.Cached("blobs")));
        Assert.False(File.Exists(Linked));
    }

    [Fact]
    public async Task Fetch_ListAndFileDisagreeOnTheHash_IsRefused()
    {
        _hub.Edit = list => list["siblings"]![0]!["lfs"]!["sha256"] = new string('a', 64);
        var error = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains(new string('a', 64), error.Message, StringComparison.Ordinal);
        Assert.Contains(LoopbackHub.Sha256(_content), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_LargerThanAllowed_IsRefusedBeforeAByteComes()
    {
        var error = await Assert.ThrowsAsync<HubException>(() => FetchAsync(maxBytes: 2_999_999));
        Assert.Contains("3000000 bytes are too many; up to 2999999", error.Message, StringComparison.Ordinal);
        Assert.Empty(StoreRanges());
    }

    [Fact]
    public async Task Fetch_LargerThanListed_IsRefused()
    {
        _hub.Edit = list => list["siblings"]![0]!["size"] = 1000;
        var error = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains("says 1000 bytes, the server 3000000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x", "is not followed")]
    [InlineData("file:///etc/passwd", "is not followed")]
    [InlineData("/owner/name/resolve/0123456789abcdef0123456789abcdef01234567/embedding_model.ckpt", "more than 5 redirects")]
    public async Task Fetch_RedirectThatLeadsNowhere_IsRefused(string target, string reason)
    {
        _hub.RedirectsTo = target;
        var error = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_FileThatAnotherProgramFetches_WaitsItsTurn()
    {
        var lockPath = _environment.File("hub", ".locks", "models--owner--name", $"{LoopbackHub.Sha256(_content)}.lock");
        Directory.CreateDirectory(Path.GetDirectoryName(lockPath)!);
        var other = new FileStream(lockPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var progress = new Progress { Noted = _ => other.Dispose() };
        Assert.Equal(_content.Length, await FetchAsync(progress));
        Assert.Contains("another program is fetching it", progress.LastNote, StringComparison.Ordinal);
    }

    private static async Task<long> FetchAsync(
        IHubProgress? progress = null, CancellationToken? cancellationToken = null, long maxBytes = long.MaxValue)
    {
        var token = cancellationToken ?? TestContext.Current.CancellationToken;
        var settings = HubSettings.FromEnvironment() with { RetryDelay = TimeSpan.Zero };
        using var client = new HubClient(settings);
        var listing = await client.ListAsync(Model, token);
        var download = new HubDownload(client, settings, Model, listing.Commit, progress ?? new Progress());
        await download.FetchAsync(listing.Find(Name)!, maxBytes, token);
        return download.FetchedBytes;
    }

    private List<string> StoreRanges() =>
        [.. _hub.Requests.Where(request => request.StartsWith("store ", StringComparison.Ordinal)).Select(request =>
            request.Split(' ').ElementAtOrDefault(2) ?? "")];

    private sealed class Progress : IHubProgress
    {
        public Action<long>? Reported { get; init; }

        public Action<string>? Noted { get; init; }

        public string LastNote { get; private set; } = "";

        public void Report(string file, long bytes, long? total) => Reported?.Invoke(bytes);

        public void Done(string file, long bytes)
        {
        }

        public void Note(string text)
        {
            LastNote = text;
            Noted?.Invoke(text);
        }
    }
}
