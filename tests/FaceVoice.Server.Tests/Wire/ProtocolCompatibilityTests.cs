using FaceVoice.Protocol.V1;
using FaceVoice.Testing;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FaceVoice.Server.Tests.Wire;

/// <summary>
/// The wire API against the descriptor that is committed beside the .proto files. A change that breaks callers fails. Other changes must be taken into
/// the committed file, which clients without generated code read: run these tests once with FACEVOICE_UPDATE_DESCRIPTORS=1.
/// </summary>
public sealed class ProtocolCompatibilityTests
{
    private const string UpdateVariable = "FACEVOICE_UPDATE_DESCRIPTORS";

    private static string Committed => RepositoryPaths.Of("protos", "facevoice", "v1", "descriptors.binpb");

    private static FileDescriptorSet Current => new()
    {
        File =
        {
            CommonReflection.Descriptor.ToProto(), MatchingServiceReflection.Descriptor.ToProto(), EmbeddingServiceReflection.Descriptor.ToProto(),
            IndexServiceReflection.Descriptor.ToProto(), ModelServiceReflection.Descriptor.ToProto(),
        },
    };

    [Fact]
    public void Protos_AgainstTheCommittedDescriptor_BreakNobody()
    {
        var isUpdate = Environment.GetEnvironmentVariable(UpdateVariable) == "1";
        if (isUpdate && !File.Exists(Committed))
        {
            File.WriteAllBytes(Committed, Current.ToByteArray());
        }

        Assert.Empty(BreakingChanges.Between(FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(Committed)), Current));
        if (isUpdate)
        {
            File.WriteAllBytes(Committed, Current.ToByteArray());
        }
    }

    [Fact]
    public void CommittedDescriptor_IsThatOfTheProtos() => Assert.True(
        FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(Committed)).Equals(Current), $"{Committed} is not up to date: run these tests once with {UpdateVariable}=1.");

    public static TheoryData<string> Breaking => [.. Edits.Keys];

    [Theory]
    [MemberData(nameof(Breaking))]
    public void Between_ABreakingChange_IsFound(string change)
    {
        var changed = Current;
        Edits[change](changed);
        var found = Assert.Single(BreakingChanges.Between(Current, changed));
        Assert.Contains(change, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Between_AdditionsOnly_AreNone()
    {
        var changed = Current;
        Message(changed, "Embedding").Field.Add(new FieldDescriptorProto { Name = "extra", Number = 90, Type = FieldDescriptorProto.Types.Type.String, Label = FieldDescriptorProto.Types.Label.Optional });
        changed.File[0].MessageType.Add(new DescriptorProto { Name = "Extra" });
        changed.File[0].EnumType[0].Value.Add(new EnumValueDescriptorProto { Name = "SPACE_EXTRA", Number = 90 });
        Assert.Empty(BreakingChanges.Between(Current, changed));
    }

    private static readonly Dictionary<string, Action<FileDescriptorSet>> Edits = new()
    {
        ["Embedding.values was removed"] = set => Message(set, "Embedding").Field.RemoveAt(1),
        ["Embedding.values has number 77"] = set => Field(set, "Embedding", "values").Number = 77,
        ["Embedding.values is Double"] = set => Field(set, "Embedding", "values").Type = FieldDescriptorProto.Types.Type.Double,
        ["Embedding.values is Optional"] = set => Field(set, "Embedding", "values").Label = FieldDescriptorProto.Types.Label.Optional,
        ["Embedding.values is named numbers"] = set => Field(set, "Embedding", "values").Name = "numbers",
        ["MatchResponse.probability"] = set => Field(set, "MatchResponse", "probability").Proto3Optional = false,
        ["FaceSample.image"] = set => Field(set, "FaceSample", "image").ClearOneofIndex(),
        ["Keywords was removed"] = set => set.File[0].MessageType.Remove(Message(set, "Keywords")),
        ["SPACE_FACE"] = set => set.File[0].EnumType[0].Value.Single(v => v.Name == "SPACE_FACE").Number = 78,
        ["IndexService.Stats"] = set => Service(set, "IndexService").Method.RemoveAt(6),
        ["EmbeddingService.EmbedStream"] = set => Service(set, "EmbeddingService").Method.Single(m => m.Name == "EmbedStream").ClientStreaming = false,
    };

    private static DescriptorProto Message(FileDescriptorSet set, string name) => set.File.SelectMany(f => f.MessageType).Single(m => m.Name == name);

    private static FieldDescriptorProto Field(FileDescriptorSet set, string message, string field) => Message(set, message).Field.Single(f => f.Name == field);

    private static ServiceDescriptorProto Service(FileDescriptorSet set, string name) => set.File.SelectMany(f => f.Service).Single(s => s.Name == name);
}
