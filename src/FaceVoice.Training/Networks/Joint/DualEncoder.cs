using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Joint;

/// <summary>
/// The trained part of the model: a head for faces, a head for voices, and the loss that holds them together. State names begin with
/// <c>face_head</c>, <c>voice_head</c> and <c>loss</c>.
/// </summary>
public sealed class DualEncoder : Module
{
    /// <summary>Joins two heads and a loss; from now on the dual encoder disposes them.</summary>
    /// <param name="faceHead">Projects face embeddings.</param>
    /// <param name="voiceHead">Projects speaker embeddings; into a space of the same dimension.</param>
    /// <param name="loss">The loss; InfoNCE with default settings if null.</param>
    /// <exception cref="ArgumentException">The heads' outputs differ in dimension.</exception>
    public DualEncoder(ProjectionHead faceHead, ProjectionHead voiceHead, ContrastiveLoss? loss = null)
        : base(nameof(DualEncoder))
    {
        ArgumentNullException.ThrowIfNull(faceHead);
        ArgumentNullException.ThrowIfNull(voiceHead);
        if (faceHead.Options.OutputDimension != voiceHead.Options.OutputDimension)
        {
            throw new ArgumentException(
                $"The heads project into {faceHead.Options.OutputDimension} and {voiceHead.Options.OutputDimension} dimensions; both must be the joint space.",
                nameof(voiceHead));
        }

        FaceHead = faceHead;
        VoiceHead = voiceHead;
        Loss = loss ?? new InfoNceLoss();
        RegisterComponents();
    }

    /// <summary>Gets the head for faces.</summary>
    [field: ComponentName(Name = "face_head")]
    public ProjectionHead FaceHead { get; }

    /// <summary>Gets the head for voices.</summary>
    [field: ComponentName(Name = "voice_head")]
    public ProjectionHead VoiceHead { get; }

    /// <summary>Gets the loss.</summary>
    [field: ComponentName(Name = "loss")]
    public ContrastiveLoss Loss { get; }

    /// <summary>The loss of a batch of encoder embeddings with its parts; its tensors belong to the caller's scope.</summary>
    /// <param name="faces">Face embeddings [batch, face dimension].</param>
    /// <param name="voices">Speaker embeddings [batch, voice dimension].</param>
    /// <param name="identities">Int64 [batch], or null where each row is its own identity.</param>
    /// <param name="groups">Int64 [batch], or null.</param>
    /// <param name="queue">Earlier batches, or null; this batch is put into it when the module is in training mode.</param>
    public ContrastiveResult Compute(
        Tensor faces, Tensor voices, Tensor? identities = null, Tensor? groups = null, EmbeddingQueue? queue = null)
    {
        using Tensor projectedFaces = FaceHead.Project(faces);
        using Tensor projectedVoices = VoiceHead.Project(voices);
        ContrastiveResult result = Loss.Compute(projectedFaces, projectedVoices, identities, groups, queue);
        if (training && queue is not null && identities is not null)
        {
            queue.Enqueue(projectedFaces, projectedVoices, identities, groups);
        }

        return result;
    }
}
