namespace FaceVoice.InteropTests;

/// <summary>Tests that share one server; one at a time, as some of them use the process's console.</summary>
[CollectionDefinition(Name)]
public sealed class ServerCollection : ICollectionFixture<ServerFixture>
{
    public const string Name = "server";
}
