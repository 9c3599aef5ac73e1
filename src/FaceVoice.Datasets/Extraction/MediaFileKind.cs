namespace FaceVoice.Datasets.Extraction;

/// <summary>What a file's extension promises; only used to choose files out of folders, never to decode them.</summary>
internal enum MediaFileKind
{
    Other,
    Video,
    Sound,
    Picture,
}
