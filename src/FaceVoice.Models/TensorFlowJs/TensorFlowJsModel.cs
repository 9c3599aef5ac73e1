using System.Security.Cryptography;
using System.Text.Json;

namespace FaceVoice.Models.TensorFlowJs;

/// <summary>
/// A graph model of TensorFlow.js: a JSON file with the nodes, and beside it the files with the weights (float32, int32 or bool, or
/// quantised to float16, uint16 or uint8). Immutable, thread-safe.
/// </summary>
/// <remarks>Source of the layout: <c>tfjs-converter</c> and <c>tfjs-core/src/io</c> of TensorFlow.js 4.22.</remarks>
public sealed class TensorFlowJsModel
{
    private const int MaxJsonBytes = 64 << 20;

    private TensorFlowJsModel(string path, string sha256, GraphDefinition graph)
    {
        Path = path;
        Sha256 = sha256;
        Graph = graph;
    }

    /// <summary>The JSON file.</summary>
    public string Path { get; }

    /// <summary>
    /// SHA-256 over the JSON file followed by the weight files in their order, lower-case hexadecimal: what
    /// <c>cat MODEL.json WEIGHTS... | sha256sum</c> prints. It names the network whatever is made of it.
    /// </summary>
    public string Sha256 { get; }

    /// <summary>What the file says of its origin; null where it says nothing.</summary>
    public string? GeneratedBy => Graph.GeneratedBy;

    internal GraphDefinition Graph { get; }

    /// <summary>Reads a model with its weights.</summary>
    /// <param name="path">The JSON file; the weight files that it names lie in the same folder.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">
    /// It is no graph model, or its weights are missing or of another size; the message says which.
    /// </exception>
    public static TensorFlowJsModel Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"No such model: {path}", path);
        }

        if (file.Length > MaxJsonBytes)
        {
            throw new ModelFormatException(
                $"{path}: {file.Length} bytes are too many for the JSON of a model; at most {MaxJsonBytes} are read.");
        }

        var json = File.ReadAllBytes(path);
        try
        {
            using var document = JsonDocument.Parse(json);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(json);
            var graph = GraphDefinition.Parse(document.RootElement, path, hash);
            return new TensorFlowJsModel(path, Convert.ToHexStringLower(hash.GetHashAndReset()), graph);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // The JSON API tells a missing or mistyped property by the last three.
            throw new ModelFormatException($"{path} is not a graph model of TensorFlow.js: {error.Message}", error);
        }
    }

    /// <summary>Converts the model to ONNX, for this project's sessions.</summary>
    /// <param name="imageSide">
    /// Width and height of an image input, in pixels; null for what the model declares. Convolutional networks with a global mean take any.
    /// </param>
    /// <returns>
    /// The bytes of an ONNX file; the same model gives the same bytes. Image inputs and outputs (rank 4) have their channels first,
    /// <c>[batch, C, H, W]</c>, where TensorFlow.js has them last; inputs and outputs keep their names, without <c>:0</c>.
    /// </returns>
    /// <exception cref="ModelFormatException">A node cannot be converted; the message names its operation and its name.</exception>
    public byte[] ToOnnx(int? imageSide = null) => new OnnxConversion(this, imageSide).Run();
}
