using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>One file to enrol.</summary>
/// <param name="Path">The file.</param>
/// <param name="Id">The point's id.</param>
/// <param name="Identity">Who it is, or null.</param>
/// <param name="Modality">Face or voice.</param>
/// <param name="IsSample">A file of a data set: an aligned face or a cut clip, which is embedded as it is.</param>
internal sealed record EnrolmentItem(string Path, string Id, string? Identity, PointModality Modality, bool IsSample);
