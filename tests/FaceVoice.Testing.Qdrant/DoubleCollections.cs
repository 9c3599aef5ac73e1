using Google.Protobuf.Collections;
using Grpc.Core;
using Qdrant.Client.Grpc;

namespace FaceVoice.Testing.Qdrant;

/// <summary>The collections of a double, and their aliases.</summary>
internal sealed class DoubleCollections
{
    private readonly Dictionary<string, DoubleCollection> _collections = [];
    private readonly Dictionary<string, string> _aliases = [];

    public bool IsStrict { get; set; }

    public bool Has(string name) => _collections.ContainsKey(Real(name));

    public DoubleCollection Find(string name) =>
        _collections.GetValueOrDefault(Real(name)) ?? throw DoubleError.Of(StatusCode.NotFound, $"Not found: Collection `{name}` doesn't exist!");

    public CollectionOperationResponse Create(CreateCollection request)
    {
        if (request.CollectionName.Length is 0 or > 255 || request.CollectionName.IndexOfAny(['<', '>', ':', '"', '/', '\\', '|', '?', '*']) >= 0)
        {
            throw DoubleError.Invalid($"Validation error in body: [collection_name: value invalid: \"{request.CollectionName}\"]");
        }

        if (_collections.ContainsKey(request.CollectionName))
        {
            throw DoubleError.Of(StatusCode.AlreadyExists, $"Wrong input: Collection `{request.CollectionName}` already exists!");
        }

        DoubleCollection.Require(null, request.HasTimeout ? request.Timeout : null);
        _collections[request.CollectionName] = new DoubleCollection(request, () => IsStrict);
        return new CollectionOperationResponse { Result = true };
    }

    public CollectionOperationResponse Delete(DeleteCollection request) => new() { Result = _collections.Remove(Real(request.CollectionName)) };

    public CollectionOperationResponse Change(ChangeAliases request)
    {
        foreach (var action in request.Actions)
        {
            switch (action.ActionCase)
            {
                case AliasOperations.ActionOneofCase.CreateAlias:
                    _ = Find(action.CreateAlias.CollectionName);
                    _aliases[action.CreateAlias.AliasName] = action.CreateAlias.CollectionName;
                    break;
                case AliasOperations.ActionOneofCase.DeleteAlias:
                    _aliases.Remove(action.DeleteAlias.AliasName);
                    break;
                default:
                    throw DoubleError.Invalid("Malformed AliasOperation type");
            }
        }

        return new CollectionOperationResponse { Result = true };
    }

    public ListAliasesResponse ListAliases() =>
        new() { Aliases = { _aliases.Select(a => new AliasDescription { AliasName = a.Key, CollectionName = a.Value }) } };

    private string Real(string name) => _aliases.GetValueOrDefault(name, name);
}

/// <summary>A point of a double.</summary>
internal sealed record DoublePoint(PointId Id, Dictionary<string, float[]> Vectors, MapField<string, Value> Payload);

/// <summary>The order of pages: numbers first, then UUIDs by their bytes.</summary>
internal sealed class PointIdOrder : IComparer<PointId>
{
    public int Compare(PointId? x, PointId? y) => (x!.HasNum, y!.HasNum) switch
    {
        (true, true) => x.Num.CompareTo(y.Num),
        (true, false) => -1,
        (false, true) => 1,
        _ => Bytes(x).AsSpan().SequenceCompareTo(Bytes(y)),
    };

    private static byte[] Bytes(PointId id) => Guid.Parse(id.Uuid).ToByteArray(bigEndian: true);
}
