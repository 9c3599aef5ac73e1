using FaceVoice.Index;

namespace FaceVoice.Service.Inference;

/// <summary>An engine that has been warmed up, and the index beside it; null where the server has none.</summary>
internal sealed record LoadedEngine(IInferenceEngine Engine, IVectorStore? Index);
