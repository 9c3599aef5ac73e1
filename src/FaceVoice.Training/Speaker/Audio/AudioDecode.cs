namespace FaceVoice.Training.Speaker.Audio;

/// <summary>Decodes one file to mono samples at 16 kHz in [-1, 1].</summary>
/// <param name="path">The file.</param>
/// <param name="cancellationToken">Stops the decoding.</param>
public delegate Task<ReadOnlyMemory<float>> AudioDecode(string path, CancellationToken cancellationToken);
