namespace FaceVoice.Models.Sessions;

/// <summary>
/// Finds the pretrained models that travel with the program: in the folder that <c>FACEVOICE_MODELS</c> names, else in <c>models</c> beside the
/// program's files. Thread-safe.
/// </summary>
public static class PackagedModels
{
    /// <summary>The environment variable that points at another folder of pretrained models.</summary>
    public const string FolderVariable = "FACEVOICE_MODELS";

    /// <summary>Gets the folder that is searched.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>The path where a model is expected, whether or not it is there.</summary>
    /// <param name="parts">The path below <see cref="Folder"/>, for example <c>face</c>, <c>detector.onnx</c>.</param>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);
}
