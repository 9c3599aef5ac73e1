using System.Globalization;
using FaceVoice.Datasets.Manifest;
using FaceVoice.Datasets.Sources;
using FaceVoice.Inference.Faces;
using FaceVoice.Media;

namespace FaceVoice.Datasets.Extraction;

/// <summary>Takes one source from media to files. Thread-safe.</summary>
internal sealed class SourceExtractor(
    ExtractionOptions options, FaceCollector faceCollector, VoiceCollector voiceCollector, FaceAttributeEstimator attributeEstimator)
{
    private const int JpegQuality = 97;
    private const int MostAttributeFrames = 12; // of one person; more of them say the same again

    /// <summary>Extracts the source and makes it count as done; gives the seconds of media that were read.</summary>
    public async Task<double> ExtractAsync(ExtractionSource source, ExtractionFolder folder, CancellationToken cancellationToken)
    {
        folder.Clear(source);
        RequireBoth(source);
        var (faces, videoSeconds, audio) = source.Video is { } video
            ? await faceCollector.FromVideoAsync(video, cancellationToken).ConfigureAwait(false)
            : (faceCollector.FromImages(source.Images, cancellationToken), 0, (AudioSource?)null);
        try
        {
            if (faces.Count == 0)
            {
                throw new UnusableSourceException(
                    string.Create(CultureInfo.InvariantCulture, $"No face of at least {options.MinFacePixels} pixels was found."));
            }

            IReadOnlyList<string> recordings = source.Video is { } withAudio ? [withAudio] : source.Recordings;
            var voices = await voiceCollector.CollectAsync(recordings, audio, cancellationToken).ConfigureAwait(false);
            if (voices.Cuts.Count == 0)
            {
                throw new UnusableSourceException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"No window has {options.MinSpeechSeconds} s of speech; {voices.SpeechSeconds:F1} s in {voices.Seconds:F1} s of audio are speech."));
            }

            var people = FaceClusterer.Cluster(faces, options.SamePersonCosine);
            var seconds = Math.Max(videoSeconds, voices.Seconds);
            Write(source, folder, people, voices, seconds);
            return seconds;
        }
        finally
        {
            faces.ForEach(face => face.Dispose());
        }
    }

    private static void RequireBoth(ExtractionSource source)
    {
        if (source.Video is null && (source.Images.Count == 0 || source.Recordings.Count == 0))
        {
            throw new MissingStreamException(source.Images.Count == 0
                ? "No image shares the stem of this audio file."
                : "No audio file shares the stem of this image.");
        }
    }

    private void Write(
        ExtractionSource source, ExtractionFolder folder, IReadOnlyList<IReadOnlyList<FaceSighting>> people, CollectedVoices collected, double mediaSeconds)
    {
        var cuts = collected.Cuts;
        var person = people[0];
        var chosen = FrameSelector.Select(person, options.FacesPerVideo);
        if (chosen[0].TurnDegrees is not 0 and var turn)
        {
            collected.Warnings.Add(
                string.Create(CultureInfo.InvariantCulture, $"Its faces are not upright and it has no tag that says so; it was turned by {turn} degrees."));
        }

        var faces = chosen
            .Select((face, i) => folder.WriteMedia(source, "faces", $"f{i + 1:D2}.jpg", ImageEncoder.EncodeJpeg(face.Crop, JpegQuality))).ToList();
        var voices = cuts.Select((cut, i) => folder.WriteMedia(source, "voices", $"v{i + 1:D2}.wav", WavWriter.Encode(cut.Samples))).ToList();
        var looked = FrameSelector.Select(person, MostAttributeFrames);
        var looks = PersonAttributes.Of([.. looked.Select(face => attributeEstimator.Estimate(face.Crop))]);
        var attributes = SampleAttributes.Of(looks, people.Count, collected.VoicesDisagree);

        // As many samples as there are faces or clips, whichever are more; the others come round again, so nothing is left out.
        var samples = Enumerable.Range(0, Math.Max(faces.Count, voices.Count)).Select(i =>
        {
            var (face, cut) = (chosen[i % faces.Count], cuts[i % voices.Count]);
            return new MediaSample
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{source.Id}.{i + 1:D2}"),
                Identity = source.Identity.Person,
                Face = faces[i % faces.Count],
                Voice = voices[i % voices.Count],
                Source = source.Name,
                StartSeconds = Math.Round(cut.StartSeconds, 3),
                FrameSeconds = Math.Round(face.Seconds, 3),
                Quality = new SampleQuality(face.Quality, cut.Quality),
                Attributes = attributes,
            };
        });
        var warnings = collected.Warnings.Count > 0 ? collected.Warnings : null;
        var record = new SourceRecord(source.Name, source.Identity.Person, faces.Count, voices.Count, people.Count, mediaSeconds, warnings);
        folder.Complete(source, record, samples);
    }
}

/// <summary>A source that can be read, but has no usable face or no usable speech.</summary>
internal sealed class UnusableSourceException(string message) : Exception(message);
