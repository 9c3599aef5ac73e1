using System.Security.Cryptography;
using System.Text;
using FaceVoice.Cli.Terminal;
using FaceVoice.Datasets.Manifest;
using FaceVoice.Datasets.Sources;
using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>One file to enrol.</summary>
/// <param name="Path">The file, a full path.</param>
/// <param name="Id">The point's id, if no other file has it.</param>
/// <param name="Identity">Who it is, or null.</param>
/// <param name="Modality">Face or voice.</param>
/// <param name="IsSample">A file of a data set: an aligned face or a cut clip, which is embedded as it is.</param>
internal sealed record EnrolmentItem(string Path, string Id, string? Identity, PointModality Modality, bool IsSample)
{
    private const int HashCharacters = 12;

    /// <summary>Gets an id that no other file has: names repeat from folder to folder, paths do not.</summary>
    public string PathId => $"{Id}@{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))[..HashCharacters]}";
}

/// <summary>Finds what to enrol: files, folders of files, and data sets with a manifest.</summary>
/// <param name="identity">Who all of it is, or null.</param>
/// <param name="identityFromFolder">Whether the folder of a file is the identity.</param>
internal sealed class EnrolmentSource(string? identity, bool identityFromFolder)
{
    private readonly FileSearch _search = new();
    private readonly List<PassedOver> _unknown = [];
    private readonly string? _identity = identity is null || !string.IsNullOrWhiteSpace(identity)
        ? identity is null ? null : UnicodeComposition.Compose(identity)
        : throw new UsageException("--identity is blank: a name is needed.");

    /// <summary>Gets what was named or found and cannot be enrolled, and why.</summary>
    public IEnumerable<PassedOver> PassedOver => _search.PassedOver.Concat(_unknown);

    /// <summary>Lists the items, in a fixed order; a file that is named twice counts once.</summary>
    public IEnumerable<EnrolmentItem> Find(IEnumerable<string> paths) => paths.SelectMany(FindOne).DistinctBy(item => item.Path);

    private IEnumerable<EnrolmentItem> FindOne(string path)
    {
        if (MediaManifest.IsIn(path))
        {
            return MediaManifest.Read(path).SelectMany(OfSample);
        }

        var isFolder = Directory.Exists(path);
        return _search.Expand([path]).SelectMany(file => OfFile(file, isFolder ? Path.GetRelativePath(path, file) : Path.GetFileName(file), isFolder));
    }

    private IEnumerable<EnrolmentItem> OfSample(MediaSample sample)
    {
        foreach (var (file, field, modality) in new[] { (sample.Face, "face", PointModality.Face), (sample.Voice, "voice", PointModality.Voice) })
        {
            if (file is not null)
            {
                yield return new EnrolmentItem(file, $"{sample.Id}/{field}", _identity ?? sample.Identity, modality, IsSample: true);
            }
        }
    }

    private IEnumerable<EnrolmentItem> OfFile(string file, string id, bool isFound)
    {
        var path = Path.GetFullPath(file);
        if (MediaEnroller.ModalityOf(file) is { } modality)
        {
            var folder = identityFromFolder ? UnicodeComposition.Compose(Path.GetFileName(Path.GetDirectoryName(path)!)) : null;
            yield return new EnrolmentItem(path, id, _identity ?? folder, modality, IsSample: false);
        }
        else if (!isFound)
        {
            _unknown.Add(new(file, "it is neither an image nor a recording, by its name"));
        }
    }
}
