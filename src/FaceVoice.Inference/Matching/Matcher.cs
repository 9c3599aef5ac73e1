using System.Numerics.Tensors;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Matching;

/// <summary>Tells how well faces and voices go together. Thread-safe.</summary>
public sealed class Matcher
{
    private readonly FaceVoiceEngine _engine;

    internal Matcher(FaceVoiceEngine engine) => _engine = engine;

    /// <summary>Matches one face and one voice.</summary>
    /// <param name="face">From <see cref="FaceVoiceEngine.Faces"/> of the same model.</param>
    /// <param name="voice">From <see cref="FaceVoiceEngine.Voices"/> of the same model.</param>
    /// <exception cref="ModelMismatchException">One was made with another model; the message names both.</exception>
    /// <exception cref="SpaceUnavailableException">The model has no joint space.</exception>
    public MatchResult Match(MediaEmbedding face, MediaEmbedding voice) => Match([face], [voice]);

    /// <summary>
    /// Matches several images of one face with several recordings of one voice: the mean of each side, brought to unit length.
    /// </summary>
    /// <param name="faces">One or more, of one person.</param>
    /// <param name="voices">One or more, of one person.</param>
    /// <returns>The result; its evidence lacks something only where every image, or every recording, lacks something.</returns>
    /// <exception cref="ArgumentException">A side is empty.</exception>
    /// <exception cref="ModelMismatchException">One was made with another model; the message names both.</exception>
    /// <exception cref="SpaceUnavailableException">The model has no joint space.</exception>
    public MatchResult Match(IReadOnlyList<MediaEmbedding> faces, IReadOnlyList<MediaEmbedding> voices)
    {
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentNullException.ThrowIfNull(voices);
        if (faces.Count == 0 || voices.Count == 0)
        {
            throw new ArgumentException(
                "A match needs at least one face and one voice.", faces.Count == 0 ? nameof(faces) : nameof(voices));
        }

        var face = Pool([.. faces.Select(item => item.In(EmbeddingSpace.Joint))]);
        var voice = Pool([.. voices.Select(item => item.In(EmbeddingSpace.Joint))]);
        var score = Score(face, voice);
        var evidence = new EvidenceVerdict([.. Best(faces), .. Best(voices)]);
        return new MatchResult
        {
            ModelId = _engine.ModelId,
            Score = score,
            Probability = Probability(score),
            Evidence = evidence,
            Capability = _engine.Manifest?.Capability,
            Meaning = Meaning(score, evidence.IsSufficient),
        };
    }

    /// <summary>The mean of several embeddings of one person, brought to unit length; a single one is returned as it is.</summary>
    /// <param name="embeddings">One or more, of this engine's model and of one space.</param>
    /// <exception cref="ArgumentException">There are none, or they are of different spaces.</exception>
    /// <exception cref="ModelMismatchException">One was made with another model; the message names both.</exception>
    public Embedding Pool(IReadOnlyList<Embedding> embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Count == 0 || embeddings.Any(embedding => embedding.Space != embeddings[0].Space))
        {
            throw new ArgumentException("Pooling needs at least one embedding, all of one space.", nameof(embeddings));
        }

        foreach (var embedding in embeddings)
        {
            Require(embedding);
        }

        if (embeddings.Count == 1)
        {
            return embeddings[0];
        }

        var mean = new float[embeddings[0].Dimension];
        foreach (var embedding in embeddings)
        {
            TensorPrimitives.Add(mean, embedding.Vector.Span, mean);
        }

        UnitLength.Normalize(mean, "mean embedding");
        return new Embedding(_engine.ModelId, embeddings[0].Space, mean);
    }

    /// <summary>The cosine of two embeddings of one space, in [-1, 1].</summary>
    /// <param name="first">Of this engine's model.</param>
    /// <param name="second">Of this engine's model and of the same space.</param>
    /// <exception cref="ModelMismatchException">One was made with another model or is of another space; the message names both.</exception>
    public float Score(Embedding first, Embedding second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Require(first);
        return Math.Clamp(first.CosineTo(second), -1, 1);
    }

    /// <summary>
    /// The probability that a face and a voice with this score are of one person; null where the model was not calibrated.
    /// </summary>
    /// <param name="score">A cosine in the joint space.</param>
    public double? Probability(float score) => _engine.Manifest?.Calibration?.Joint?.Probability(score);

    /// <summary>What a score says, in one sentence that claims no more than the model can know.</summary>
    /// <param name="score">A cosine in the joint space.</param>
    /// <param name="isEvidenceSufficient">Whether the media are good enough for it to be read.</param>
    public string Meaning(float score, bool isEvidenceSufficient) => MatchMeaning.Describe(
        Probability(score), _engine.Manifest?.Calibration?.Joint?.Prior ?? 0.5, isEvidenceSufficient, _engine.Manifest?.Capability);

    /// <summary>One good image or recording of a side is enough.</summary>
    private static IReadOnlyList<string> Best(IReadOnlyList<MediaEmbedding> side) =>
        side.Select(item => item.Lacking).MinBy(reasons => reasons.Count)!;

    private void Require(Embedding embedding)
    {
        if (embedding.ModelId != _engine.ModelId)
        {
            throw new ModelMismatchException("the embedding", _engine.ModelId, embedding.ModelId);
        }
    }
}
