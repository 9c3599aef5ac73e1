namespace FaceVoice.Index.Tests;

/// <summary>The rule for where an index is, and for its keys.</summary>
[Collection("environment")]
public sealed class IndexLocationTests : IDisposable
{
    private static readonly string[] Variables = ["FACEVOICE_INDEX_KEY", "FACEVOICE_TEMPLATE_KEY", "FACEVOICE_QDRANT_KEY", "QDRANT_API_KEY"];
    private readonly Dictionary<string, string?> _before = Variables.ToDictionary(name => name, Environment.GetEnvironmentVariable);

    public IndexLocationTests() => Array.ForEach(Variables, name => Environment.SetEnvironmentVariable(name, null));

    [Theory]
    [InlineData("people")]
    [InlineData("/srv/people 2")]
    [InlineData("http")]
    public void Parse_Folder_IsOne(string text)
    {
        var location = IndexLocation.Parse(text);
        Assert.Null(location.Server);
        Assert.Equal(text, location.Text);
    }

    [Theory]
    [InlineData("http://qdrant:6334/people", "http://qdrant:6334/", "people")]
    [InlineData("http://qdrant/people", "http://qdrant:6334/", "people")] // the port that is not written is Qdrant's
    [InlineData("https://x.cloud.qdrant.io/people/", "https://x.cloud.qdrant.io:6334/", "people")]
    [InlineData("https://proxy:443/people", "https://proxy/", "people")]
    [InlineData("http://[::1]/a%20b", "http://[::1]:6334/", "a b")]
    public void Parse_Server_HasAddressAndCollection(string text, string server, string collection)
    {
        var location = IndexLocation.Parse(text);
        Assert.Equal(new Uri(server), location.Server);
        Assert.Equal(collection, location.Collection);
    }

    [Theory]
    [InlineData("http://qdrant:6333/people", "6333 is the port of Qdrant's REST API. The index speaks gRPC, whose port is 6334")]
    [InlineData("http://qdrant:6334", "names no collection")]
    [InlineData("http://qdrant:6334/a/b", "more than a collection")]
    [InlineData("http://qdrant:6334/a#b", "more than a collection")]
    [InlineData("http://name:secret@qdrant:6334/a", "QDRANT_API_KEY")]
    [InlineData("grpc://qdrant:6334/a", "a folder or http(s)")]
    [InlineData(" ", "a folder or http(s)")]
    [InlineData("http://q/a?consistency=most", "majority, quorum, all or a number")]
    [InlineData("http://q/a?ordering=2", "weak, medium or strong")]
    [InlineData("http://q/a?shard_number=0", "a number from 1 on")]
    [InlineData("http://q/a?tenant_field=a.b", "no field name")]
    [InlineData("http://q/a?api_key=x", "'api_key' is not known")]
    public void Parse_NoIndex_SaysWhatIsNeeded(string text, string words)
    {
        var error = Assert.Throws<FormatException>(() => IndexLocation.Parse(text));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Settings_AreQdrantsOwn()
    {
        var options = IndexLocation.Parse("http://q/a?ordering=strong&consistency=majority&shard_number=6&replication_factor=3&write_consistency_factor=2&tenant_field=site").Qdrant;
        Assert.Equal((QdrantWriteOrdering.Strong, "majority", 6, 3, 2, "site"),
            (options.Ordering, options.ReadConsistency, options.ShardNumber, options.ReplicationFactor, options.WriteConsistencyFactor, options.TenantField));
        var none = IndexLocation.Parse("http://q/a").Qdrant;
        Assert.Equal((QdrantWriteOrdering.Medium, null, null, null, null, null),
            (none.Ordering, none.ReadConsistency, none.ShardNumber, none.ReplicationFactor, none.WriteConsistencyFactor, none.TenantField));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("ours", null, "ours")]
    [InlineData(null, "theirs", "theirs")]
    [InlineData("ours", "theirs", "ours")]
    [InlineData("", "theirs", "theirs")]
    public void Keys_OfQdrant_ComeFromEitherVariable(string? ours, string? theirs, string? expected)
    {
        Environment.SetEnvironmentVariable("FACEVOICE_QDRANT_KEY", ours);
        Environment.SetEnvironmentVariable("QDRANT_API_KEY", theirs);
        using var keys = IndexKeys.Read();
        Assert.Equal(expected, keys.QdrantApiKey);
    }

    [Fact]
    public void Keys_TextThatIsNone_NamesVariableAndNotText()
    {
        Environment.SetEnvironmentVariable("FACEVOICE_INDEX_KEY", "c2hvcnQ=");
        var error = Assert.Throws<FormatException>(() => IndexKeys.Read());
        Assert.StartsWith("FACEVOICE_INDEX_KEY: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ=", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
