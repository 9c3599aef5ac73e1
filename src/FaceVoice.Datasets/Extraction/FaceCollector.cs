using FaceVoice.Inference.Faces;
using FaceVoice.Media;

namespace FaceVoice.Datasets.Extraction;

/// <summary>
/// Looks for faces in frames spread over a video, or in still images. Thread-safe; holds one frame at a time and the crops.
/// </summary>
internal sealed class FaceCollector(ExtractionOptions options, MediaLimits limits, FaceReader reader, FaceEncoder encoder)
{
    private const double FramesPerSecond = 4; // more than this shows the same face again
    private const int FewestFrames = 4;
    private const double KeyFramesSuffice = 8; // seconds between wanted frames from which on key frames alone are decoded
    private const int EnoughTries = 4; // frames without a face that looks more right another way up
    private readonly VideoReader _videos = new(limits);
    private readonly ImageDecoder _images = new(limits);

    /// <summary>All faces of a video, with its length in seconds and the audio that goes with it.</summary>
    public async Task<(List<FaceSighting> Faces, double Seconds, AudioSource Audio)> FromVideoAsync(string path, CancellationToken cancellationToken)
    {
        var info = await _videos.ProbeAsync(path, cancellationToken).ConfigureAwait(false);
        if (info.Video is null || info.Audio is null)
        {
            throw new MissingStreamException(
                info.Video is null ? "The file has no video; video and audio are needed." : "The video has no audio; both are needed.");
        }

        var seconds = info.Seconds ?? await _videos.MeasureSecondsAsync(path, cancellationToken).ConfigureAwait(false);
        var times = Times(seconds);
        var keyFramesOnly = seconds / times.Length >= KeyFramesSuffice;
        var (faces, frames) = await ReadAsync(path, times, info, keyFramesOnly, cancellationToken).ConfigureAwait(false);
        if (keyFramesOnly && frames < times.Length / 2)
        {
            faces.ForEach(face => face.Dispose());
            (faces, _) = await ReadAsync(path, times, info, keyFramesOnly: false, cancellationToken).ConfigureAwait(false);
        }

        return (faces, seconds, info.Audio);
    }

    /// <summary>All faces of still images.</summary>
    public List<FaceSighting> FromImages(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var faces = new List<FaceSighting>();
        try
        {
            for (var i = 0; i < paths.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var image = _images.DecodeFile(paths[i]);
                AddFaces(image, frame: i, seconds: 0, faces, new WayUp());
            }

            return faces;
        }
        catch
        {
            faces.ForEach(face => face.Dispose());
            throw;
        }
    }

    /// <summary>The middles of equal parts of the video.</summary>
    internal double[] Times(double seconds)
    {
        var count = (int)Math.Clamp(Math.Ceiling(seconds * FramesPerSecond), FewestFrames, options.FramesPerVideo);
        return [.. Enumerable.Range(0, count).Select(i => (i + 0.5) * seconds / count)];
    }

    private async Task<(List<FaceSighting> Faces, int Frames)> ReadAsync(
        string path, double[] times, MediaInfo info, bool keyFramesOnly, CancellationToken cancellationToken)
    {
        var frameOptions = new VideoFrameOptions { MaxSide = options.MaxFrameSide, KeyFramesOnly = keyFramesOnly, Info = info };
        var (faces, frames, wayUp) = (new List<FaceSighting>(), 0, new WayUp());
        try
        {
            await foreach (var frame in _videos.ReadFramesAsync(path, times, frameOptions, cancellationToken).ConfigureAwait(false))
            {
                using (frame)
                {
                    AddFaces(frame.Image, frames++, frame.Seconds, faces, wayUp);
                }
            }

            return (faces, frames);
        }
        catch
        {
            faces.ForEach(face => face.Dispose());
            throw;
        }
    }

    private void AddFaces(RgbImage image, int frame, double seconds, List<FaceSighting> faces, WayUp wayUp)
    {
        using var reading = reader.Read(image, wayUp.Turn, wayUp.VainTries < EnoughTries);
        wayUp.Learn(reading);
        if (reading.IsDoubtful)
        {
            return;
        }

        using var turned = reading.TurnDegrees == 0 ? null : image.Turn(reading.TurnDegrees);
        foreach (var face in reading.Faces.Where(face => face.Quality.SizePixels >= options.MinFacePixels))
        {
            var crop = FaceAligner.Align(turned ?? image, face.Landmarks);
            try
            {
                var embedding = face == reading.Faces[0] ? reading.Embedding : encoder.Encode(crop);
                faces.Add(new FaceSighting(frame, seconds, face.Quality, embedding, crop) { TurnDegrees = reading.TurnDegrees });
            }
            catch
            {
                crop.Dispose();
                throw;
            }
        }
    }

    /// <summary>How the frames of one video lie: all alike, so what was found in one is expected of the next.</summary>
    private sealed class WayUp
    {
        public int Turn { get; private set; }

        public int VainTries { get; private set; }

        public void Learn(FaceReading reading)
        {
            var isVain = reading.TriedOthers && reading.Faces.Count > 0 && reading.TurnDegrees == Turn;
            (Turn, VainTries) = (reading.TurnDegrees, isVain ? VainTries + 1 : reading.TurnDegrees == Turn ? VainTries : 0);
        }
    }
}
